// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Put as _rxduplex_kv_v1_Put,
  Put__Output as _rxduplex_kv_v1_Put__Output,
} from '../../../rxduplex/kv/v1/Put.js';
import type {
  Remove as _rxduplex_kv_v1_Remove,
  Remove__Output as _rxduplex_kv_v1_Remove__Output,
} from '../../../rxduplex/kv/v1/Remove.js';

/**
 * One write of a transaction.
 */
export interface Operation {
  /**
   * Gives a key a value.
   */
  put?: _rxduplex_kv_v1_Put | null;
  /**
   * Takes a value away.
   */
  remove?: _rxduplex_kv_v1_Remove | null;
  /**
   * Exactly one is set.
   */
  operation?: 'put' | 'remove';
}

/**
 * One write of a transaction.
 */
export interface Operation__Output {
  /**
   * Gives a key a value.
   */
  put?: _rxduplex_kv_v1_Put__Output | null;
  /**
   * Takes a value away.
   */
  remove?: _rxduplex_kv_v1_Remove__Output | null;
  /**
   * Exactly one is set.
   */
  operation?: 'put' | 'remove';
}
