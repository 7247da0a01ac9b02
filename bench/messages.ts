import type { PeerReply, PeerReply__Output, PeerRequest, PeerRequest__Output } from 'rxduplex/peer';

export const kinds = ['vote', 'append', 'beat'] as const;
export type Kind = (typeof kinds)[number];

const candidateId = '6f1c2a54-9d0b-4f7e-8a35-b1d2c3e4f506';
const payload = Buffer.alloc(36, 'entry ');

/** The messages 1 to `count`: the three kinds in turn, each carrying its number. Up to 46 bytes, a beat 8. */
export function* requests(count: number): Generator<PeerRequest, void, undefined> {
  for (let number = 1; number <= count; number++) yield request(number);
}

/** The candidate in the `sample`, as every reply to it has to carry it. */
export const sampleCandidate: string = `node1:${candidateId}`;

/**
 * What the contests send, over and over: 46 bytes, all of them text. A 64-bit number would cost every contender but
 * connect-node more than the rest of the message, since proto-loader makes a string of it without losing digits.
 */
export const sample: PeerRequest = { vote: { candidateId: sampleCandidate } };

function request(number: number): PeerRequest {
  switch (number % kinds.length) {
    case 1:
      return { id: number, vote: { term: number, candidateId } };
    case 2:
      return { id: number, append: { term: number, payload } };
    default:
      return { id: number, beat: { at: number } };
  }
}

/** What the servers answer: the same event under the same id, made anew. */
export function replyTo({ id, vote, append, beat }: PeerRequest__Output): PeerReply {
  if (vote) return { id, vote: { term: vote.term, candidateId: vote.candidateId } };
  if (append) return { id, append: { term: append.term, payload: append.payload } };
  return { id, beat: { at: beat?.at ?? 0 } };
}

/** What the servers of the contests answer: the candidate again, in a message made anew. */
export function echo({ vote }: PeerRequest__Output): PeerReply {
  return { vote: { candidateId: vote?.candidateId ?? '' } };
}

/** The number that the message carried; ids belong to whoever matches by them. */
export function numberOf({ vote, append, beat }: PeerReply__Output | PeerRequest): number {
  return Number(vote?.term ?? append?.term ?? beat?.at);
}
