export { QuorumError } from './ask.js';
export type { Answer, Answers, Silence } from './ask.js';
export type { EventOf, PeerStatus, ReplicaEvent, Undelivered } from './events.js';
export type { Peer } from './link.js';
export type { AskOptions, Closable, ReplicaOptions, StartOptions, StopOptions } from './options.js';
export { Replica } from './replica.js';
export { warnings } from './warnings.js';
export type { Warning } from './warnings.js';
