/** The traps of grpc-js, proto-loader and RxJS that this library closes, by the names that the specs give them. */
export const rows: Readonly<Record<string, string>> = {
  W1: 'the retry buffer acknowledges what never left the process',
  W2: 'writes into a dead call succeed',
  W3: 'ignoring write() === false queues without limit',
  W4: 'a cancelled call never drains',
  W5: 'one message that cannot be serialised ends the stream',
  W6: 'each write costs a frame and a callback',
  W7: 'a channel does not show its options',
  W8: 'interceptors see serialised bytes',
  W9: 'cancel() makes the peer forget what it had not read',

  R1: 'no inbound flow control before the first read',
  R2: 'the error comes before messages that are still readable',
  R3: 'a status that is not OK throws arrived messages away',
  R4: 'the slack of the honest path',
  R5: 'a truncated last message ends OK',

  E1: 'no sign that the server has accepted the call',
  E2: 'destroy() and client.close() do not cancel',
  E3: 'cancel() without an error listener ends the process',
  E4: 'error, status and end all fire, close never does',
  E5: 'CANCELLED comes from here, from the peer, and from a shutdown',
  E6: 'the server tells of a cancel on every call',
  E7: 'a handler that throws leaves the client waiting',
  E8: 'a deadline of NaN is an unhandled rejection',
  E9: 'tryShutdown waits for ever on open streams',
  E10: 'streams above max_concurrent_streams wait in silence',
  E11: 'a bare server sends no metadata before its first message',
  E12: 'a paused call does not see an OK end',

  C1: 'keepalive is off by default',
  C2: 'a TLS failure is UNAVAILABLE',
  C3: 'code 8 is final or not',
  C4: 'RST_STREAM without trailers is code 13',
  C5: 'grpc-js backs off up to 120 s',
  C6: 'equal channels share a connection',
  C7: 'bad options are accepted in silence',

  P1: 'a oneof is no discriminated union',
  P2: 'bad values are dropped or zeroed in silence',
  P3: 'a field named like a member of Object.prototype is sent as its source text',
  P4: 'zeroes are undefined and int64 is rounded',
  P5: 'a .proto cannot be found by path',
  P6: 'types of handlers infer through the aliases only',

  A1: 'rxjs-for-await buffers without bound',
  A2: 'a throw inside next is an uncaught exception',
  A3: 'a teardown added to a closed subscription runs at once',
  A4: 'switchMap over an endless trigger never completes',
  A5: 'groupBy keeps groups for ever',
  A6: 'a synchronous notifier opens two calls, or is missed',
  A7: 'one completing source completes the observer for all',
};

/** The rows that the specs in a text are named for: `test('W2: a write into a dead call …')`. */
export function rowsNamedIn(text: string): string[] {
  return [...text.matchAll(/^ *\w+\(\s*['"`]([A-Z]\d+): /gm)].flatMap(([, row]) => row ?? []);
}
