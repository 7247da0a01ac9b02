// Original file: proto/rxduplex/peer/v1/peer.proto

import type { Long } from '@grpc/proto-loader';

/**
 * An entry of the replicated log.
 */
export interface Append {
  /**
   * The term in which the leader received the entry.
   */
  term?: number | string | Long;
  /**
   * The entry itself, of no meaning to the link.
   */
  payload?: Buffer | Uint8Array | string;
}

/**
 * An entry of the replicated log.
 */
export interface Append__Output {
  /**
   * The term in which the leader received the entry.
   */
  term: string;
  /**
   * The entry itself, of no meaning to the link.
   */
  payload: Buffer;
}
