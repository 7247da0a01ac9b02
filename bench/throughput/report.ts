import { grouped, table } from '../table.js';
import { modes } from './contender.js';
import type { RunSummary, Summary } from './summary.js';

/** The results as a table, and what follows from them. */
export function report({ runs, asyncOverSync, inOrder }: Summary): string {
  const rows = modes.flatMap((mode) => {
    const inMode = runs.filter((run) => run.mode === mode);
    const ours = inMode.filter(({ contender }) => contender === 'rxduplex');
    const bare = inMode.find(({ contender }) => contender === 'grpc-js');
    return bare ? [...ours.map((run) => row(run, bare)), row(bare)] : [];
  });
  return [
    table([['mode', 'contender', 'buffer', 'messages/s', 'lowest', 'highest', '÷ grpc-js'], ...rows]),
    '',
    ...(asyncOverSync === null ? [] : [`async ÷ sync: ${asyncOverSync} (the article: about 7.5)`]),
    `in order: ${grouped(inOrder.checked)} replies checked, ${grouped(inOrder.outOfOrder)} out of order`,
  ].join('\n');
}

/** grpc-js alone has no buffer to size. */
function row({ contender, mode, bufferSize, messagesPerSecond }: RunSummary, bare?: RunSummary): string[] {
  const { median, min, max } = messagesPerSecond;
  const compared = bare
    ? { buffer: grouped(bufferSize), ratio: (median / bare.messagesPerSecond.median).toFixed(2) }
    : { buffer: '', ratio: '' };
  return [mode, contender, compared.buffer, grouped(median), grouped(min), grouped(max), compared.ratio];
}
