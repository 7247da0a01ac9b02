/** Acts when the event loop has gone round so many times: grpc-js tells some things later than they happen. */
export function afterTurns(turns: number, act: () => void): void {
  setImmediate(() => {
    if (turns > 1) afterTurns(turns - 1, act);
    else act();
  });
}
