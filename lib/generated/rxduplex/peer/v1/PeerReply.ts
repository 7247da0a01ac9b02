// Original file: proto/rxduplex/peer/v1/peer.proto

import type {
  Vote as _rxduplex_peer_v1_Vote,
  Vote__Output as _rxduplex_peer_v1_Vote__Output,
} from '../../../rxduplex/peer/v1/Vote.js';
import type {
  Append as _rxduplex_peer_v1_Append,
  Append__Output as _rxduplex_peer_v1_Append__Output,
} from '../../../rxduplex/peer/v1/Append.js';
import type {
  Beat as _rxduplex_peer_v1_Beat,
  Beat__Output as _rxduplex_peer_v1_Beat__Output,
} from '../../../rxduplex/peer/v1/Beat.js';
import type {
  PeerReply as _rxduplex_peer_v1_PeerReply,
  PeerReply__Output as _rxduplex_peer_v1_PeerReply__Output,
} from '../../../rxduplex/peer/v1/PeerReply.js';
import type { Long } from '@grpc/proto-loader';

/**
 * What a replica answers: the event of the request, with the values as the answering replica holds them.
 */
export interface PeerReply {
  /**
   * The id of the request that is answered. 0 when nothing was asked.
   */
  id?: number | string | Long;
  /**
   * The vote that was given.
   */
  vote?: _rxduplex_peer_v1_Vote | null;
  /**
   * The entry that was taken.
   */
  append?: _rxduplex_peer_v1_Append | null;
  /**
   * The beat that was heard.
   */
  beat?: _rxduplex_peer_v1_Beat | null;
  /**
   * Several replies in one, in their order; nothing else is set then. Only to a peer that has agreed to it.
   */
  batch?: _rxduplex_peer_v1_PeerReply[];
  /**
   * What is answered. Exactly one is set; a peer of an older version sees none where it does not know the event.
   */
  event?: 'vote' | 'append' | 'beat';
}

/**
 * What a replica answers: the event of the request, with the values as the answering replica holds them.
 */
export interface PeerReply__Output {
  /**
   * The id of the request that is answered. 0 when nothing was asked.
   */
  id: string;
  /**
   * The vote that was given.
   */
  vote?: _rxduplex_peer_v1_Vote__Output | null;
  /**
   * The entry that was taken.
   */
  append?: _rxduplex_peer_v1_Append__Output | null;
  /**
   * The beat that was heard.
   */
  beat?: _rxduplex_peer_v1_Beat__Output | null;
  /**
   * Several replies in one, in their order; nothing else is set then. Only to a peer that has agreed to it.
   */
  batch: _rxduplex_peer_v1_PeerReply__Output[];
  /**
   * What is answered. Exactly one is set; a peer of an older version sees none where it does not know the event.
   */
  event?: 'vote' | 'append' | 'beat';
}
