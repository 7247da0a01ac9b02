import { KnownKeys } from './known-keys.js';
import { Noise } from './noise.js';
import { below, exponential, seeded } from './random.js';

export const kinds = ['create', 'retrieve', 'update', 'delete'] as const;
export type Kind = (typeof kinds)[number];

/** What is asked of the service. Only a `create` and an `update` have a value that is not empty. */
export interface Operation {
  readonly kind: Kind;
  /** A character for each byte. */
  readonly key: string;
  readonly value: Buffer;
}

export interface WorkloadOptions {
  readonly seed: number;
  /** On the average. */
  readonly keyBytes?: number;
  /** On the average. */
  readonly valueBytes?: number;
  readonly known?: KnownKeys;
}

/** What the service takes. Of a million values with a mean of 65,536 none is as long. */
const maxBytes = 2 * 1024 * 1024;

const nothing = Buffer.alloc(0);

/**
 * The article's work without an end: one of four kinds, each as likely, on a key chosen among those that it has created
 * and not deleted. What has been asked for counts, not what has been answered, so that the seed alone decides. With many
 * in flight one may overtake another: then a key is not found.
 */
export function* workload(options: WorkloadOptions): Generator<Operation, never, undefined> {
  const { seed, keyBytes = 64, valueBytes = 65_536, known = new KnownKeys() } = options;
  const random = seeded(seed);
  const noise = new Noise(seed);
  const piece = (mean: number, least: number): Buffer =>
    noise.piece(Math.min(Math.max(exponential(random, mean), least), maxBytes));

  for (;;) {
    const kind = kinds[below(random, kinds.length)] as Kind;
    if (kind === 'create') {
      let key: string;
      do key = piece(keyBytes, 1).toString('latin1');
      while (known.has(key));
      known.add(key);
      yield { kind, key, value: piece(valueBytes, 0) };
    } else if (known.size > 0) {
      const key = known.any(random);
      if (kind === 'delete') known.delete(key);
      yield { kind, key, value: kind === 'update' ? piece(valueBytes, 0) : nothing };
    }
  }
}
