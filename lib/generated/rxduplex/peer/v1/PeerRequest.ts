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
  PeerRequest as _rxduplex_peer_v1_PeerRequest,
  PeerRequest__Output as _rxduplex_peer_v1_PeerRequest__Output,
} from '../../../rxduplex/peer/v1/PeerRequest.js';
import type { Long } from '@grpc/proto-loader';

/**
 * What one replica asks of another.
 */
export interface PeerRequest {
  /**
   * Chosen by the sender, unique among the requests it still awaits. 0 when it awaits no reply.
   */
  id?: number | string | Long;
  /**
   * Asks for a vote.
   */
  vote?: _rxduplex_peer_v1_Vote | null;
  /**
   * Hands over an entry of the log.
   */
  append?: _rxduplex_peer_v1_Append | null;
  /**
   * Says that the sender is alive.
   */
  beat?: _rxduplex_peer_v1_Beat | null;
  /**
   * Several requests in one, in their order; nothing else is set then. Only to a peer that has agreed to it.
   */
  batch?: _rxduplex_peer_v1_PeerRequest[];
  /**
   * What is asked. Exactly one is set; a peer of an older version sees none where it does not know the event.
   */
  event?: 'vote' | 'append' | 'beat';
}

/**
 * What one replica asks of another.
 */
export interface PeerRequest__Output {
  /**
   * Chosen by the sender, unique among the requests it still awaits. 0 when it awaits no reply.
   */
  id: string;
  /**
   * Asks for a vote.
   */
  vote?: _rxduplex_peer_v1_Vote__Output | null;
  /**
   * Hands over an entry of the log.
   */
  append?: _rxduplex_peer_v1_Append__Output | null;
  /**
   * Says that the sender is alive.
   */
  beat?: _rxduplex_peer_v1_Beat__Output | null;
  /**
   * Several requests in one, in their order; nothing else is set then. Only to a peer that has agreed to it.
   */
  batch: _rxduplex_peer_v1_PeerRequest__Output[];
  /**
   * What is asked. Exactly one is set; a peer of an older version sees none where it does not know the event.
   */
  event?: 'vote' | 'append' | 'beat';
}
