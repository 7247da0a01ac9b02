import type { PeerRequest } from 'rxduplex/peer';

/** Sends a request; its reply's candidate, as it was decoded, is told. */
export type Ask = (request: PeerRequest, answered: (term: string | undefined) => void) => void;

export interface RequestContender {
  /** Starts a server that answers each request with a reply made anew, and gives its port. */
  readonly serve: () => Promise<number>;
  readonly connect: (port: number) => Ask;
}
