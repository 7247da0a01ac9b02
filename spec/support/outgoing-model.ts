/** How full a modelled buffer may get, and what it does then. `measured: false` counts no bytes. */
export interface ModelBounds {
  readonly overflow: 'block' | 'error' | 'drop-newest' | 'drop-oldest' | 'latest';
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  readonly measured: boolean;
}

export interface ModelMessage {
  readonly id: number;
  readonly size: number;
  readonly key: number;
  /** Cannot be serialised. */
  readonly bad: boolean;
}

/** What everybody was told in one step, as words, each kind in its order. */
export interface Told {
  readonly answers: unknown[];
  /** On `dropped$`. */
  readonly dropped: string[];
  /** The promises of senders. */
  readonly settled: string[];
  /** The followers. */
  readonly followed: string[];
  readonly taken: number[];
  readonly ready: string[];
  readonly busy: boolean[];
  readonly completed: string[];
  /** The live call: woken because there is something to take or nothing will come, or failed. */
  readonly call: { woken: boolean; failed: boolean };
}

export const nothingTold = (): Told => ({
  answers: [],
  dropped: [],
  settled: [],
  followed: [],
  taken: [],
  ready: [],
  busy: [],
  completed: [],
  call: { woken: false, failed: false },
});

export type By = 'next' | 'send' | 'offer';

const accounts = [
  'offered',
  'waiting',
  'rejected',
  'accepted',
  'queued',
  'inFlight',
  'sent',
  'dropped',
  'lost',
  'cancelled',
  'undelivered',
] as const;
type Account = (typeof accounts)[number];
export type Books = Record<Account, number>;

interface Item extends ModelMessage {
  readonly by: By;
  readonly counted: number;
  accepted: boolean;
  at: Account;
}

const codes: Readonly<Record<string, string>> = {
  overflow: 'OVERFLOW',
  replaced: 'OVERFLOW',
  'too-large': 'TOO_LARGE',
  unserialisable: 'UNSERIALISABLE',
  closed: 'CLOSED',
};

/**
 * What an `Outgoing` promises, in arrays and plain words. It knows where each message is and nothing
 * else: every number of its books is counted anew from that.
 */
export class OutgoingModel {
  told: Told = nothingTold();
  readonly #bounds: ModelBounds;
  readonly #all: Item[] = [];
  #waiting: Item[] = [];
  #queued: Item[] = [];
  #inFlight: Item[] = [];
  #closed = false;
  #failure: string | undefined;
  #leased = false;
  #owesReady = false;
  #busy = false;
  #completed = false;

  constructor(bounds: ModelBounds) {
    this.#bounds = bounds;
  }

  next(message: ModelMessage): void {
    this.told.answers.push(this.#offer(message, 'next', false).at === 'queued');
  }

  get full(): boolean {
    const [messages, bytes] = this.#held();
    const { maxMessages, maxBytes } = this.#bounds;
    return messages >= maxMessages || bytes >= maxBytes || this.#waiting.length > 0;
  }

  /** `patient`: waits for room whatever the strategy, as a feed does. */
  send(message: ModelMessage, { patient, gaveUp }: { patient: boolean; gaveUp: boolean }): void {
    if (gaveUp) this.#refuse(this.#item(message, 'send', 0), 'rejected', 'aborted', 'gave up');
    else this.#offer(message, 'send', patient || this.#bounds.overflow === 'block');
  }

  offer(message: ModelMessage): void {
    this.#offer(message, 'offer', this.#bounds.overflow === 'block');
  }

  /** A sender's signal: of no effect once the buffer has its message. */
  abort(id: number): void {
    if (this.#waiting.some((item) => item.id === id)) this.#takeBack(id);
  }

  withdraw(id: number): void {
    this.told.answers.push(this.#takeBack(id));
  }

  lease(): void {
    if (this.#leased) this.told.answers.push('BUSY');
    else if (this.#failure !== undefined) this.told.answers.push('CLOSED');
    else this.#leased = true;
  }

  /** Takes the first, unless it is larger than `limit`. */
  take(limit: number): void {
    const [first] = this.#leased ? this.#queued : [];
    const item = first && first.counted <= limit ? this.#queued.shift() : undefined;
    this.told.answers.push(item?.id);
    if (!item) return;
    item.at = 'inFlight';
    this.#inFlight.push(item);
    this.told.taken.push(item.id);
    this.#follow(item, 'taken');
  }

  /** One write was flushed, which carried so many messages. */
  flushed(count: number): void {
    if (!this.#leased) return;
    for (const item of this.#inFlight.splice(0, count)) {
      item.at = 'sent';
      this.#follow(item, 'flushed');
    }
    this.#roomMade();
  }

  /** The message taken last turns out not to be writable. */
  discard(): void {
    const item = this.#leased ? this.#inFlight.pop() : undefined;
    if (!item) return;
    this.#refuse(item, 'dropped', 'unserialisable', 'cannot be written');
    this.#roomMade();
  }

  /** The call is over. What is in flight is lost, unless it `neverLeft`: then it is queued again, before all else. */
  release(neverLeft: boolean): void {
    if (!this.#leased) return;
    this.#leased = false;
    const lost = this.#inFlight;
    this.#inFlight = [];
    if (neverLeft && this.#failure === undefined) {
      this.#requeue(lost);
      return;
    }
    for (const item of lost) this.#refuse(item, 'lost', 'connection-lost', 'broken');
    this.#roomMade();
  }

  /** The newest of a key stays. */
  #requeue(returned: readonly Item[]): void {
    const replaced: Item[] = [];
    for (const item of [...returned].reverse()) {
      if (this.#sameKey(item)) replaced.push(item);
      else {
        item.at = 'queued';
        this.#queued.unshift(item);
      }
    }
    for (const item of replaced) this.#refuse(item, 'dropped', 'replaced');
    for (const item of [...returned].reverse()) if (item.at === 'queued') this.#follow(item, 'returned');
    this.#roomMade();
  }

  complete(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#leased) this.told.call.woken = true;
    this.#noteBusy();
  }

  /** `error` and `cancel` differ only in what a feed makes of them. */
  error(): void {
    if (this.#failure !== undefined) return;
    this.#failure = 'ended';
    this.#closed = true;
    const [waiting, queued] = [this.#waiting, this.#queued];
    this.#waiting = [];
    this.#queued = [];
    for (const item of waiting) this.#refuse(item, 'rejected', 'closed', this.#failure);
    for (const item of queued) this.#refuse(item, 'undelivered', 'closed', this.#failure);
    if (this.#leased) this.told.call.failed = true;
    this.#noteBusy();
  }

  get finished(): boolean {
    return this.#closed && this.#queued.length + this.#waiting.length === 0;
  }

  /** The books, in messages and in bytes. */
  books(): Books & { bytes: Books } {
    const zeroes = (): Books => Object.fromEntries(accounts.map((name) => [name, 0])) as Books;
    const [messages, bytes] = [zeroes(), zeroes()];
    const count = (account: Account, size: number): void => {
      messages[account] += 1;
      bytes[account] += size;
    };
    for (const { at, accepted, counted } of this.#all) {
      count('offered', counted);
      if (accepted) count('accepted', counted);
      count(at, counted);
    }
    return { ...messages, bytes };
  }

  #item(message: ModelMessage, by: By, counted: number): Item {
    const item: Item = { ...message, by, counted, accepted: false, at: 'offered' };
    this.#all.push(item);
    return item;
  }

  #offer(message: ModelMessage, by: By, wait: boolean): Item {
    const { overflow, measured, maxBytes, maxWaiting, maxWaitingBytes } = this.#bounds;
    const waitingBytes = this.#waiting.reduce((sum, { counted }) => sum + counted, 0);
    const unmeasured = this.#closed || (measured && message.bad);
    const item = this.#item(message, by, measured && !unmeasured ? message.size : 0);
    if (this.#closed) this.#refuse(item, 'rejected', 'closed', this.#failure);
    else if (unmeasured) this.#refuse(item, 'rejected', 'unserialisable', 'bad');
    else if (item.counted > maxBytes) this.#refuse(item, 'rejected', 'too-large');
    else if (this.#fits(item) && !((wait || overflow === 'block') && this.#waiting.length > 0)) this.#accept(item);
    else if (wait && this.#waiting.length < maxWaiting && waitingBytes + item.counted <= maxWaitingBytes) {
      item.at = 'waiting';
      this.#waiting.push(item);
      this.#owesReady = true;
    } else if (wait || overflow === 'block' || overflow === 'error') this.#overflow(item, 'rejected');
    else if (overflow === 'drop-newest' || !this.#fits(item, [])) this.#overflow(item, 'dropped');
    else this.#makeRoomFor(item);
    this.#admit();
    this.#noteBusy();
    return item;
  }

  /** What it would replace makes way for it. */
  #fits(item: Item, queued: readonly Item[] = this.#queued): boolean {
    const replaced = this.#sameKey(item);
    const [messages, bytes] = this.#held(queued.filter((other) => other !== replaced));
    return messages < this.#bounds.maxMessages && bytes + item.counted <= this.#bounds.maxBytes;
  }

  #sameKey({ key }: Item): Item | undefined {
    return this.#bounds.overflow === 'latest' ? this.#queued.find((item) => item.key === key) : undefined;
  }

  #held(queued: readonly Item[] = this.#queued): [messages: number, bytes: number] {
    const held = [...queued, ...this.#inFlight];
    return [held.length, held.reduce((sum, { counted }) => sum + counted, 0)];
  }

  #makeRoomFor(item: Item): void {
    const replaced = this.#sameKey(item);
    const evicted: Item[] = [];
    while (!this.#fits(item)) {
      const oldest = this.#queued.find((other) => other !== replaced);
      if (!oldest) throw new Error('there is no room even with nothing queued');
      this.#queued = this.#queued.filter((other) => other !== oldest);
      evicted.push(oldest);
    }
    this.#accept(item);
    for (const oldest of evicted) this.#refuse(oldest, 'dropped', 'overflow');
  }

  #accept(item: Item): void {
    const replaced = this.#sameKey(item);
    if (replaced) this.#queued = this.#queued.map((other) => (other === replaced ? item : other));
    else this.#queued.push(item);
    item.at = 'queued';
    item.accepted = true;
    if (this.full) this.#owesReady = true;
    if (item.by === 'send') this.told.settled.push(`${item.id} taken`);
    this.#follow(item, 'accepted');
    if (replaced) this.#refuse(replaced, 'dropped', 'replaced');
    if (this.#leased) this.told.call.woken = true;
  }

  #overflow(item: Item, outcome: 'rejected' | 'dropped'): void {
    this.#owesReady = true;
    this.#refuse(item, outcome, 'overflow', undefined, outcome === 'dropped');
  }

  #takeBack(id: number): boolean {
    const waits = this.#waiting.find((item) => item.id === id);
    const queued = this.#queued.find((item) => item.id === id);
    if (waits) {
      this.#waiting = this.#waiting.filter((item) => item !== waits);
      this.#refuse(waits, 'rejected', 'aborted', 'gave up');
    } else if (queued) {
      this.#queued = this.#queued.filter((item) => item !== queued);
      this.#refuse(queued, 'cancelled', 'aborted', 'gave up');
    } else return false;
    this.#roomMade();
    return true;
  }

  /** The end of a message that is not sent. */
  #refuse(item: Item, at: Account, reason: string, error?: string, accepted: boolean = item.accepted): void {
    const words = [at, reason, ...(error === undefined ? [] : [error])].join(' ');
    if (item.by === 'send' && !item.accepted) {
      this.told.settled.push(`${item.id} ${reason === 'aborted' ? 'gave up' : (codes[reason] ?? '?')}`);
    }
    item.at = at;
    item.accepted = accepted;
    this.#follow(item, words);
    this.told.dropped.push(`${item.id} ${words}`);
  }

  #follow(item: Item, event: string): void {
    if (item.by === 'offer') this.told.followed.push(`${item.id} ${event}`);
  }

  #roomMade(): void {
    this.#admit();
    const [messages, bytes] = this.#held();
    const { maxMessages, maxBytes } = this.#bounds;
    if (this.#owesReady && messages * 2 <= maxMessages && bytes * 2 <= maxBytes) {
      this.#owesReady = false;
      if (!this.#completed) this.told.ready.push('ready');
    }
    this.#noteBusy();
  }

  /** Those who wait get in, in order, as far as there is room. */
  #admit(): void {
    for (let [first] = this.#waiting; first && this.#fits(first); [first] = this.#waiting) {
      this.#waiting.shift();
      this.#accept(first);
    }
  }

  #noteBusy(): void {
    const busy = this.#waiting.length + this.#queued.length + this.#inFlight.length > 0;
    if (busy !== this.#busy) this.told.busy.push(busy);
    this.#busy = busy;
    if (!this.#closed || busy || this.#completed) return;
    this.#completed = true;
    this.told.completed.push('taken$', 'ready$', 'busy$');
  }
}
