import type { PeerRequest } from 'rxduplex/peer';

/** A stream to a peer that does not read. */
export interface Offering {
  /** Offers one more message, or finds that the contender asks for none. */
  readonly offer: (message: PeerRequest) => void;
  /** How many of the messages offered were neither refused nor dropped. */
  readonly held: () => number;
}

export interface MemoryContender {
  /** Resolves when the call is open. */
  readonly open: (port: number) => Offering | Promise<Offering>;
}
