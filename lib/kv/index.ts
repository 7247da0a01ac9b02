export { KvClient } from './client/client.js';
export type { KvFound, KvRangeOptions, KvStats } from './client/client.js';
export type { KvOptions, Repeat } from './client/options.js';
export type { Answered, KvOutcome } from './client/outcome.js';
export type { Bytes, KvCurrent, KvEntry, KvSpan } from './client/values.js';
export { CompactedError } from './client/watch.js';
export type { KvChanges, KvWatchOptions } from './client/watch.js';
export type { KvTransaction, WriteOptions } from './client/writes.js';
export { bytesOf, keyOf } from './key.js';
export type { Key } from './key.js';
export { levelStore } from './level/open.js';
export { memoryStore } from './store/memory.js';
export type { MemoryOptions } from './store/memory.js';
export type { HistoryOptions } from './store/retention.js';
export type { Soon } from './soon.js';
export { notDoneTrailer } from './not-done.js';
export { StoreError } from './store/store.js';
export type {
  Changes,
  Committed,
  Condition,
  Current,
  Entry,
  Expectation,
  Found,
  KnownChanges,
  Page,
  PageSize,
  Span,
  Store,
  StoreErrorOptions,
  StoreFailure,
  Transaction,
  Write,
} from './store/store.js';
export { KeyValueClient, KeyValueService } from '../generated/kv.js';
export { KeyValueServiceClient, KeyValueServiceService } from '../generated/kvservice.js';
export { KeyValues } from './service/key-values.js';
export type { KeyValuesOptions } from './service/key-values.js';
export type { LimitOptions } from './service/limits.js';
export type { Concurrency } from './service/schedule.js';
export type { Work } from './service/work.js';
