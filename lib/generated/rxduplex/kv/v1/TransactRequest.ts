// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Condition as _rxduplex_kv_v1_Condition,
  Condition__Output as _rxduplex_kv_v1_Condition__Output,
} from '../../../rxduplex/kv/v1/Condition.js';
import type {
  Operation as _rxduplex_kv_v1_Operation,
  Operation__Output as _rxduplex_kv_v1_Operation__Output,
} from '../../../rxduplex/kv/v1/Operation.js';

/**
 * Several writes as one.
 */
export interface TransactRequest {
  /**
   * All have to hold. No key may be named twice.
   */
  conditions?: _rxduplex_kv_v1_Condition[];
  /**
   * All are done, or none. No key may be named twice.
   */
  operations?: _rxduplex_kv_v1_Operation[];
}

/**
 * Several writes as one.
 */
export interface TransactRequest__Output {
  /**
   * All have to hold. No key may be named twice.
   */
  conditions: _rxduplex_kv_v1_Condition__Output[];
  /**
   * All are done, or none. No key may be named twice.
   */
  operations: _rxduplex_kv_v1_Operation__Output[];
}
