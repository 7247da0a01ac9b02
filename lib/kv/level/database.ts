/** What the disk store needs of a database: that of `classic-level`, whose keys are in the order of their bytes. */
export interface Database {
  /** What there is now, for reads that are told of it. Nothing that is written later can be seen in it. */
  snapshot(): Snapshot;
  get(key: Uint8Array, from: From): Promise<Buffer | undefined>;
  getMany(keys: Uint8Array[], from: From): Promise<(Buffer | undefined)[]>;
  iterator(bounds: From & Bounds): Records;
  /** All of the operations, or none. */
  batch(operations: Operation[], options: { readonly sync: true }): Promise<void>;
  close(): Promise<void>;
}

export interface Snapshot {
  /** Done when nothing reads from it any longer. */
  close(): Promise<void>;
}

export interface From {
  readonly snapshot: Snapshot;
}

export interface Bounds {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  /** How much is read ahead at a time. */
  readonly highWaterMarkBytes: number;
}

export interface Records {
  /** At most so many of those that follow; none at the end. */
  nextv(max: number, options: object): Promise<[Uint8Array, Buffer][]>;
  close(): Promise<void>;
}

export type Operation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };
