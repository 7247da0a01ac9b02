// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Begun as _rxduplex_kv_v1_Begun,
  Begun__Output as _rxduplex_kv_v1_Begun__Output,
} from '../../../rxduplex/kv/v1/Begun.js';
import type {
  Changes as _rxduplex_kv_v1_Changes,
  Changes__Output as _rxduplex_kv_v1_Changes__Output,
} from '../../../rxduplex/kv/v1/Changes.js';
import type {
  Compacted as _rxduplex_kv_v1_Compacted,
  Compacted__Output as _rxduplex_kv_v1_Compacted__Output,
} from '../../../rxduplex/kv/v1/Compacted.js';
import type {
  Progress as _rxduplex_kv_v1_Progress,
  Progress__Output as _rxduplex_kv_v1_Progress__Output,
} from '../../../rxduplex/kv/v1/Progress.js';

/**
 * What happened.
 */
export interface WatchResponse {
  /**
   * The watch begins; sent once, before all else.
   */
  begun?: _rxduplex_kv_v1_Begun | null;
  /**
   * What one revision changed of the keys that are watched.
   */
  changes?: _rxduplex_kv_v1_Changes | null;
  /**
   * The revision that would come next is not known: it was forgotten, or the store has never given it, because it was
   * put back from a backup. The watch ends; to go on, read the current values and watch from their revision.
   */
  compacted?: _rxduplex_kv_v1_Compacted | null;
  /**
   * Much has happened to other keys, or a gap in the revisions has passed. A watch that begins anew after this revision
   * misses nothing.
   */
  progress?: _rxduplex_kv_v1_Progress | null;
  /**
   * Exactly one is set.
   */
  event?: 'begun' | 'changes' | 'compacted' | 'progress';
}

/**
 * What happened.
 */
export interface WatchResponse__Output {
  /**
   * The watch begins; sent once, before all else.
   */
  begun?: _rxduplex_kv_v1_Begun__Output | null;
  /**
   * What one revision changed of the keys that are watched.
   */
  changes?: _rxduplex_kv_v1_Changes__Output | null;
  /**
   * The revision that would come next is not known: it was forgotten, or the store has never given it, because it was
   * put back from a backup. The watch ends; to go on, read the current values and watch from their revision.
   */
  compacted?: _rxduplex_kv_v1_Compacted__Output | null;
  /**
   * Much has happened to other keys, or a gap in the revisions has passed. A watch that begins anew after this revision
   * misses nothing.
   */
  progress?: _rxduplex_kv_v1_Progress__Output | null;
  /**
   * Exactly one is set.
   */
  event?: 'begun' | 'changes' | 'compacted' | 'progress';
}
