// Original file: proto/rxduplex/peer/v1/peer.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A vote in an election.
 */
export interface Vote {
  /**
   * The term of the election; in a reply, the term that the voter is in.
   */
  term?: number | string | Long;
  /**
   * Whom the vote is for.
   */
  candidateId?: string;
}

/**
 * A vote in an election.
 */
export interface Vote__Output {
  /**
   * The term of the election; in a reply, the term that the voter is in.
   */
  term: string;
  /**
   * Whom the vote is for.
   */
  candidateId: string;
}
