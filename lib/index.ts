export { rx } from './calls/client.js';
export type { Rx, RxMethod } from './calls/client.js';
export { Limit, limitInFlight } from './calls/limit.js';
export type { Entering, LimitOptions, LimitStats } from './calls/limit.js';
export type { RxCallOptions, RxOptions, RxStreamOptions } from './calls/options.js';
export { bidi } from './duplex/open.js';
export type { Bidi, BidiNames, BidiOptions, Open, OpenContext } from './duplex/open.js';
export { channelOptions } from './duplex/channel-options.js';
export type { ChannelSettings } from './duplex/channel-options.js';
export { duplex } from './duplex/duplex.js';
export type { DuplexOptions } from './duplex/duplex.js';
export { exponential } from './duplex/backoff.js';
export type { Backoff, ExponentialOptions } from './duplex/backoff.js';
export { reconnect } from './duplex/reconnect.js';
export type { ReconnectPolicy, Retry } from './duplex/reconnect.js';
export { transient } from './duplex/transient.js';
export type { Failure, Retryable } from './duplex/transient.js';
export { ConnectionLostError, NoReplyError, RxDuplexError } from './errors.js';
export type { Code } from './errors.js';
export { Gate, Gated } from './gate.js';
export { consume } from './inbound/consume.js';
export type { ConsumeOptions, Handled } from './inbound/consume.js';
export { iterate } from './inbound/iterate.js';
export type { IterateOptions, LossyOptions } from './inbound/iterate.js';
export type { GateOption } from './inbound/reader-gate.js';
export { by, oneof } from './inbound/select.js';
export type { EventMap, Select, Tagged } from './inbound/select.js';
export { split } from './inbound/split.js';
export type { Split } from './inbound/split.js';
export type { Invalid } from './inbound/router.js';
export type { MetadataSource } from './metadata.js';
export { Outgoing } from './outgoing/outgoing.js';
export type { Abortable } from './abort.js';
export type { Lease, Taker } from './outgoing/lease.js';
export type { Dropped, Entry, Follower, Outcome, Reason } from './outgoing/entry.js';
export type { FeedReport } from './outgoing/feed.js';
export type { MessageSource } from './outgoing/source.js';
export type { Bounds, OutgoingOptions, Overflow, Sizing } from './outgoing/options.js';
export { Remote } from './remote.js';
export type { CloseOptions, Closing, RemoteStats } from './remote.js';
export type { RemoteOptions, RemoteOutgoing } from './remote-options.js';
export type { RequestOptions, Requests } from './request/options.js';
export { serve } from './server/serve.js';
export type { ServingStats } from './server/live-calls.js';
export type { HandlerFailure } from './server/reports.js';
export type { DrainOptions, ServeOptions, Serving } from './server/serve.js';
export type {
  CallContext,
  ClientStreamHandler,
  DuplexHandler,
  HandlerOf,
  HandlerResult,
  Handlers,
  ServerStreamHandler,
  Service,
  UnaryHandler,
} from './server/handlers.js';
export type { CallBooks, Inbound, Outbound, OutboundStats } from './stats.js';
export type { State, Status } from './status.js';
export { StatusError } from './status-error.js';
export type { StatusErrorOptions } from './status-error.js';
export { repeated } from './wire/batch.js';
export type { Batch, Batching, FieldOfMany, Repeated } from './wire/batch.js';
export type { Coalesce } from './wire/coalesce.js';
export type { JoiningEnded, Packing, Wire } from './wire/joining.js';
export type { Unpack } from './wire/reader.js';
