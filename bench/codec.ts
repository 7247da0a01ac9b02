import { PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';

export interface Codec {
  readonly path: string;
  readonly requestSerialize: (message: PeerRequest) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => PeerRequest__Output;
  readonly responseSerialize: (message: PeerReply) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => PeerReply__Output;
}

/** How proto-loader writes and reads the messages, for whoever has no use for its definition of the service. */
export const codec = PeerService['Exchange'] as unknown as Codec;
