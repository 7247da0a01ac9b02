// Original file: proto/rxduplex/peer/v1/peer.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  PeerReply as _rxduplex_peer_v1_PeerReply,
  PeerReply__Output as _rxduplex_peer_v1_PeerReply__Output,
} from '../../../rxduplex/peer/v1/PeerReply.js';
import type {
  PeerRequest as _rxduplex_peer_v1_PeerRequest,
  PeerRequest__Output as _rxduplex_peer_v1_PeerRequest__Output,
} from '../../../rxduplex/peer/v1/PeerRequest.js';

/**
 * The link between two replicas of a consensus group.
 */
export interface PeerClient extends grpc.Client {
  /**
   * One long-lived stream to each peer. Requests and replies flow independently of each other, told apart by their
   * event; a reply carries the id of the request that it answers.
   */
  Exchange(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_peer_v1_PeerRequest, _rxduplex_peer_v1_PeerReply__Output>;
  Exchange(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_peer_v1_PeerRequest, _rxduplex_peer_v1_PeerReply__Output>;
  /**
   * One long-lived stream to each peer. Requests and replies flow independently of each other, told apart by their
   * event; a reply carries the id of the request that it answers.
   */
  exchange(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_peer_v1_PeerRequest, _rxduplex_peer_v1_PeerReply__Output>;
  exchange(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_peer_v1_PeerRequest, _rxduplex_peer_v1_PeerReply__Output>;
}

/**
 * The link between two replicas of a consensus group.
 */
export interface PeerHandlers extends grpc.UntypedServiceImplementation {
  /**
   * One long-lived stream to each peer. Requests and replies flow independently of each other, told apart by their
   * event; a reply carries the id of the request that it answers.
   */
  Exchange: grpc.handleBidiStreamingCall<_rxduplex_peer_v1_PeerRequest__Output, _rxduplex_peer_v1_PeerReply>;
}

export interface PeerDefinition extends grpc.ServiceDefinition {
  Exchange: MethodDefinition<
    _rxduplex_peer_v1_PeerRequest,
    _rxduplex_peer_v1_PeerReply,
    _rxduplex_peer_v1_PeerRequest__Output,
    _rxduplex_peer_v1_PeerReply__Output
  >;
}
