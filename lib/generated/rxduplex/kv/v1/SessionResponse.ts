// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  GetResponse as _rxduplex_kv_v1_GetResponse,
  GetResponse__Output as _rxduplex_kv_v1_GetResponse__Output,
} from '../../../rxduplex/kv/v1/GetResponse.js';
import type {
  WriteResponse as _rxduplex_kv_v1_WriteResponse,
  WriteResponse__Output as _rxduplex_kv_v1_WriteResponse__Output,
} from '../../../rxduplex/kv/v1/WriteResponse.js';
import type {
  TransactResponse as _rxduplex_kv_v1_TransactResponse,
  TransactResponse__Output as _rxduplex_kv_v1_TransactResponse__Output,
} from '../../../rxduplex/kv/v1/TransactResponse.js';
import type {
  RangeResponse as _rxduplex_kv_v1_RangeResponse,
  RangeResponse__Output as _rxduplex_kv_v1_RangeResponse__Output,
} from '../../../rxduplex/kv/v1/RangeResponse.js';
import type {
  Failure as _rxduplex_kv_v1_Failure,
  Failure__Output as _rxduplex_kv_v1_Failure__Output,
} from '../../../rxduplex/kv/v1/Failure.js';
import type {
  SessionResponse as _rxduplex_kv_v1_SessionResponse,
  SessionResponse__Output as _rxduplex_kv_v1_SessionResponse__Output,
} from '../../../rxduplex/kv/v1/SessionResponse.js';
import type { Long } from '@grpc/proto-loader';

/**
 * The answer to one operation.
 */
export interface SessionResponse {
  /**
   * Of the request.
   */
  id?: number | string | Long;
  /**
   * As the method of that name.
   */
  get?: _rxduplex_kv_v1_GetResponse | null;
  /**
   * As the method of that name.
   */
  put?: _rxduplex_kv_v1_WriteResponse | null;
  /**
   * As the method of that name.
   */
  delete?: _rxduplex_kv_v1_WriteResponse | null;
  /**
   * As the method of that name.
   */
  transact?: _rxduplex_kv_v1_TransactResponse | null;
  /**
   * As the method of that name.
   */
  range?: _rxduplex_kv_v1_RangeResponse | null;
  /**
   * It could not be done; the session goes on.
   */
  failure?: _rxduplex_kv_v1_Failure | null;
  /**
   * Several responses in one; nothing else is set then. Only to a peer that has agreed to it.
   */
  batch?: _rxduplex_kv_v1_SessionResponse[];
  /**
   * Exactly one is set.
   */
  result?: 'get' | 'put' | 'delete' | 'transact' | 'range' | 'failure';
}

/**
 * The answer to one operation.
 */
export interface SessionResponse__Output {
  /**
   * Of the request.
   */
  id: string;
  /**
   * As the method of that name.
   */
  get?: _rxduplex_kv_v1_GetResponse__Output | null;
  /**
   * As the method of that name.
   */
  put?: _rxduplex_kv_v1_WriteResponse__Output | null;
  /**
   * As the method of that name.
   */
  delete?: _rxduplex_kv_v1_WriteResponse__Output | null;
  /**
   * As the method of that name.
   */
  transact?: _rxduplex_kv_v1_TransactResponse__Output | null;
  /**
   * As the method of that name.
   */
  range?: _rxduplex_kv_v1_RangeResponse__Output | null;
  /**
   * It could not be done; the session goes on.
   */
  failure?: _rxduplex_kv_v1_Failure__Output | null;
  /**
   * Several responses in one; nothing else is set then. Only to a peer that has agreed to it.
   */
  batch: _rxduplex_kv_v1_SessionResponse__Output[];
  /**
   * Exactly one is set.
   */
  result?: 'get' | 'put' | 'delete' | 'transact' | 'range' | 'failure';
}
