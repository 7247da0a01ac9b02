// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Current as _rxduplex_kv_v1_Current,
  Current__Output as _rxduplex_kv_v1_Current__Output,
} from '../../../rxduplex/kv/v1/Current.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Nothing was done.
 */
export interface Refused {
  /**
   * What did not hold, in the order of the request, as far as one answer holds it; at least the first.
   */
  current?: _rxduplex_kv_v1_Current[];
  /**
   * Of the store, when it was refused.
   */
  revision?: number | string | Long;
}

/**
 * Nothing was done.
 */
export interface Refused__Output {
  /**
   * What did not hold, in the order of the request, as far as one answer holds it; at least the first.
   */
  current: _rxduplex_kv_v1_Current__Output[];
  /**
   * Of the store, when it was refused.
   */
  revision: string;
}
