// The coverage of so many processes takes long to write, and shows nothing that other specs do not.
delete process.env['NODE_V8_COVERAGE'];

/** What is begun at once and runs a few at a time: a program mostly waits. */
const lanes: Promise<unknown>[] = Array.from({ length: 4 }, () => Promise.resolve());
let count = 0;

export function inLane<T>(act: () => Promise<T>): Promise<T> {
  const lane = count++ % lanes.length;
  const done = (lanes[lane] as Promise<unknown>).then(act);
  lanes[lane] = done.catch(() => undefined);
  return done;
}
