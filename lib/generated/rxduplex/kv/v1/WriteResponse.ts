// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Done as _rxduplex_kv_v1_Done,
  Done__Output as _rxduplex_kv_v1_Done__Output,
} from '../../../rxduplex/kv/v1/Done.js';
import type {
  Refused as _rxduplex_kv_v1_Refused,
  Refused__Output as _rxduplex_kv_v1_Refused__Output,
} from '../../../rxduplex/kv/v1/Refused.js';

/**
 * What became of a write.
 */
export interface WriteResponse {
  /**
   * The write was applied.
   */
  done?: _rxduplex_kv_v1_Done | null;
  /**
   * An expectation did not hold.
   */
  refused?: _rxduplex_kv_v1_Refused | null;
  /**
   * Exactly one is set.
   */
  outcome?: 'done' | 'refused';
}

/**
 * What became of a write.
 */
export interface WriteResponse__Output {
  /**
   * The write was applied.
   */
  done?: _rxduplex_kv_v1_Done__Output | null;
  /**
   * An expectation did not hold.
   */
  refused?: _rxduplex_kv_v1_Refused__Output | null;
  /**
   * Exactly one is set.
   */
  outcome?: 'done' | 'refused';
}
