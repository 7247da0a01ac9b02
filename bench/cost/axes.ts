const tens = (from: number, to: number): number[] => (from > to ? [] : [from, ...tens(from * 10, to)]);

export const names = ['depth', 'subscribers', 'types', 'size', 'streams'] as const;
export type Axis = (typeof names)[number];

/** What a message could cost more by, and how far each is taken. */
export const axes: Readonly<Record<Axis, readonly number[]>> = {
  /** Messages that wait in the buffer. */
  depth: tens(10, 1_000_000),
  /** Subscribers of the one type that comes; the cost is that of a delivery. */
  subscribers: tens(1, 100_000),
  /** Types that come in turn, each with a subscriber. */
  types: tens(1, 100_000),
  /** Bytes in a message that goes to another process and back. */
  size: [0, 16, 256, 4096, 65_536, 1_048_576],
  /** Streams of one connection that share a thousand messages in flight. */
  streams: tens(1, 1000),
};

/** One place on an axis. */
export interface Point {
  readonly axis: Axis;
  readonly value: number;
  /** The same done with RxJS alone, for what many objects cost whoever has them. */
  readonly bare: boolean;
}

export const nameOf = ({ axis, value, bare }: Point): string => `${axis}-${value}${bare ? '-rxjs' : ''}`;

/** All points in their order, the bare ones at the ends of their axes. */
export const points: readonly Point[] = names.flatMap((axis) => {
  const own = axes[axis].map((value) => ({ axis, value, bare: false }));
  return axis === 'subscribers' || axis === 'types' ? [...own, { axis, value: 100_000, bare: true }] : own;
});

export function pointOf(name: string): Point {
  const point = points.find((candidate) => nameOf(candidate) === name);
  if (point) return point;
  throw new Error(`${name} is no point on an axis`);
}
