/**
 * A call that is cancelled in the turn in which it was made is opened by grpc-js all the same, and never ended: its
 * filters have the metadata in hand, and nobody looks again. So such a cancel waits for the next turn.
 */
export function canceller(call: { cancel(): void }, isOver: () => boolean): () => void {
  let made = false;
  let wanted = true;
  const cancel = (): void => {
    if (!isOver()) call.cancel();
  };
  setImmediate(() => {
    made = true;
    if (!wanted) cancel();
  });
  return () => {
    wanted = false;
    if (made) cancel();
  };
}

/** The same for a call that is not worth an immediate of its own: the cancel waits for the next turn, whenever it comes. */
export function cancelSoon(call: { cancel(): void }, isOver: () => boolean): () => void {
  return () => {
    if (isOver()) return;
    setImmediate(() => {
      if (!isOver()) call.cancel();
    });
  };
}
