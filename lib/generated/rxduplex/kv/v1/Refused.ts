// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Current as _rxduplex_kv_v1_Current,
  Current__Output as _rxduplex_kv_v1_Current__Output,
} from '../../../rxduplex/kv/v1/Current.js';
import type { Long } from '@grpc/proto-loader';

/**
 * An expectation did not hold, and nothing was written.
 */
export interface Refused {
  /**
   * The keys whose expectations did not hold, in the order of the request: the first, and as many more as fit into one
   * answer.
   */
  current?: _rxduplex_kv_v1_Current[];
  /**
   * The revision of the store when it was refused.
   */
  revision?: number | string | Long;
}

/**
 * An expectation did not hold, and nothing was written.
 */
export interface Refused__Output {
  /**
   * The keys whose expectations did not hold, in the order of the request: the first, and as many more as fit into one
   * answer.
   */
  current: _rxduplex_kv_v1_Current__Output[];
  /**
   * The revision of the store when it was refused.
   */
  revision: string;
}
