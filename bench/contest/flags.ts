import { BadFlag, file, list, oneOf, read, refusePositional, wholeNumber } from '../flag-values.js';
import type { Extent } from './contest.js';
import type { Subject } from './subject.js';

export interface Settings extends Extent {
  readonly check: boolean;
  readonly json?: string;
  readonly svg?: string;
  readonly markdown?: string;
  /** What was asked for, to be told with what it found. */
  readonly command: string;
}

const options = {
  contenders: { type: 'string' },
  launches: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '3' },
  check: { type: 'boolean' },
  json: { type: 'string' },
  svg: { type: 'string' },
  markdown: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export function helpOn(subjects: readonly Subject[]): string {
  const told = subjects.map(({ name, title, contenders }) => `  ${name}: ${title}\n    of ${contenders.join(', ')}`);
  return `npm run bench -- SUBJECT [flags]

Measures one subject of several contenders, interleaved, each launch in fresh processes.

${told.join('\n')}
  guard: half of what stream, request and unary must reach, once, of contenders that need no packages of their own

  --contenders a,b  which of them (default all)
  --launches N      launches of each (default 3)
  --seconds N       measured seconds of the main load, after a warm-up (default 3)
  --check           exit with 1 unless every ratio is what it must be
  --json FILE       write the results
  --svg FILE        draw what was measured
  --markdown FILE   write it as a section of a document, in the place of an older one
  --help            print this

Exits with 2 for a bad flag.`;
}

/** The settings that the arguments ask for, or `help`. Throws a `BadFlag`. */
export function parse(args: readonly string[], subjects: readonly Subject[]): Settings | 'help' {
  const { values, positionals } = read(args, options);
  if (values.help !== undefined) return 'help';
  const subject = subjects.find(({ name }) => name === positionals[0]);
  if (!subject) throw new BadFlag('SUBJECT', `any of ${subjects.map(({ name }) => name).join(', ')}`, positionals[0]);
  refusePositional(positionals[1]);
  const { contenders = subject.contenders.join() } = values;
  return {
    subject,
    contenders: list('--contenders', contenders, oneOf(subject.contenders)),
    launches: wholeNumber('--launches', values.launches),
    seconds: wholeNumber('--seconds', values.seconds),
    check: values.check !== undefined,
    ...(values.json !== undefined && { json: file('--json', values.json) }),
    ...(values.svg !== undefined && { svg: file('--svg', values.svg) }),
    ...(values.markdown !== undefined && { markdown: file('--markdown', values.markdown) }),
    command: `npm run bench -- ${args.join(' ')}`,
  };
}
