// Original file: proto/rxduplex/kv/v1/kv.proto

import type {
  GetRequest as _rxduplex_kv_v1_GetRequest,
  GetRequest__Output as _rxduplex_kv_v1_GetRequest__Output,
} from '../../../rxduplex/kv/v1/GetRequest.js';
import type {
  PutRequest as _rxduplex_kv_v1_PutRequest,
  PutRequest__Output as _rxduplex_kv_v1_PutRequest__Output,
} from '../../../rxduplex/kv/v1/PutRequest.js';
import type {
  DeleteRequest as _rxduplex_kv_v1_DeleteRequest,
  DeleteRequest__Output as _rxduplex_kv_v1_DeleteRequest__Output,
} from '../../../rxduplex/kv/v1/DeleteRequest.js';
import type {
  TransactRequest as _rxduplex_kv_v1_TransactRequest,
  TransactRequest__Output as _rxduplex_kv_v1_TransactRequest__Output,
} from '../../../rxduplex/kv/v1/TransactRequest.js';
import type {
  RangeRequest as _rxduplex_kv_v1_RangeRequest,
  RangeRequest__Output as _rxduplex_kv_v1_RangeRequest__Output,
} from '../../../rxduplex/kv/v1/RangeRequest.js';
import type {
  SessionRequest as _rxduplex_kv_v1_SessionRequest,
  SessionRequest__Output as _rxduplex_kv_v1_SessionRequest__Output,
} from '../../../rxduplex/kv/v1/SessionRequest.js';
import type { Long } from '@grpc/proto-loader';

/**
 * One operation of a session.
 */
export interface SessionRequest {
  /**
   * Chosen by the client, unique among those it still awaits.
   */
  id?: number | string | Long;
  /**
   * As the method of that name.
   */
  get?: _rxduplex_kv_v1_GetRequest | null;
  /**
   * As the method of that name.
   */
  put?: _rxduplex_kv_v1_PutRequest | null;
  /**
   * As the method of that name.
   */
  delete?: _rxduplex_kv_v1_DeleteRequest | null;
  /**
   * As the method of that name.
   */
  transact?: _rxduplex_kv_v1_TransactRequest | null;
  /**
   * As the method of that name.
   */
  range?: _rxduplex_kv_v1_RangeRequest | null;
  /**
   * Several requests in one; nothing else is set then. Only to a peer that has agreed to it.
   */
  batch?: _rxduplex_kv_v1_SessionRequest[];
  /**
   * Exactly one is set.
   */
  operation?: 'get' | 'put' | 'delete' | 'transact' | 'range';
}

/**
 * One operation of a session.
 */
export interface SessionRequest__Output {
  /**
   * Chosen by the client, unique among those it still awaits.
   */
  id: string;
  /**
   * As the method of that name.
   */
  get?: _rxduplex_kv_v1_GetRequest__Output | null;
  /**
   * As the method of that name.
   */
  put?: _rxduplex_kv_v1_PutRequest__Output | null;
  /**
   * As the method of that name.
   */
  delete?: _rxduplex_kv_v1_DeleteRequest__Output | null;
  /**
   * As the method of that name.
   */
  transact?: _rxduplex_kv_v1_TransactRequest__Output | null;
  /**
   * As the method of that name.
   */
  range?: _rxduplex_kv_v1_RangeRequest__Output | null;
  /**
   * Several requests in one; nothing else is set then. Only to a peer that has agreed to it.
   */
  batch: _rxduplex_kv_v1_SessionRequest__Output[];
  /**
   * Exactly one is set.
   */
  operation?: 'get' | 'put' | 'delete' | 'transact' | 'range';
}
