import type { PeerRequest } from 'rxduplex/peer';

/** What goes through a stream. */
export interface Flow {
  /** The next message to send; none for now. */
  readonly next: () => PeerRequest | undefined;
  /** Told the candidate of each reply, as it was decoded. */
  readonly replied: (term: string | undefined) => void;
}

/**
 * Sends messages of the flow, for as long as it has any and there is room for them. Goes on by itself when there is room
 * again, and is called again when there are messages again.
 */
export type Send = () => void;

export interface StreamContender {
  /** Starts a server that answers each message with a reply made anew, and gives its port. */
  readonly serve: () => Promise<number>;
  /** Opens a stream to it. */
  readonly open: (port: number, flow: Flow) => Send;
}
