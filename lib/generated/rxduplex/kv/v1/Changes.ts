// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  Change as _rxduplex_kv_v1_Change,
  Change__Output as _rxduplex_kv_v1_Change__Output,
} from '../../../rxduplex/kv/v1/Change.js';
import type { Long } from '@grpc/proto-loader';

/**
 * One revision.
 */
export interface Changes {
  /**
   * Which.
   */
  revision?: number | string | Long;
  /**
   * In the order in which it was asked for them.
   */
  changes?: _rxduplex_kv_v1_Change[];
}

/**
 * One revision.
 */
export interface Changes__Output {
  /**
   * Which.
   */
  revision: string;
  /**
   * In the order in which it was asked for them.
   */
  changes: _rxduplex_kv_v1_Change__Output[];
}
