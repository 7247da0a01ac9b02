const tens = (from: number, to: number): number[] => (from > to ? [] : [from, ...tens(from * 10, to)]);

/** What a message could cost more by, and how far each is taken. */
export const axes = {
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
} as const satisfies Record<string, readonly number[]>;

export type Axis = keyof typeof axes;

export const names = Object.keys(axes) as Axis[];

/** The points of all axes, which are the contenders. */
export const points: readonly string[] = names.flatMap((axis) => axes[axis].map((value) => pointOf(axis, value)));

export function pointOf(axis: Axis, value: number): string {
  return `${axis}-${value}`;
}

export function axisOf(point: string): { readonly axis: Axis; readonly value: number } {
  const [axis = '', value] = point.split('-');
  return { axis: axis as Axis, value: Number(value) };
}
