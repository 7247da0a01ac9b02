import { readFile, writeFile } from 'node:fs/promises';

import type { Outcome } from './outcome.js';
import { tablesOf, tellCircumstances } from './tables.js';
import type { Cells } from './tables.js';

const opening = `# Results

Each section was written by the command in it, and is written anew when that is run again: the medians of interleaved
launches, each in fresh processes, with the lowest and the highest.
`;

/** Writes the outcome into the document `file`, in the place of what it had of the same subject. */
export async function writeSection(file: string, command: string, outcome: Outcome): Promise<void> {
  const before = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return opening;
    throw error;
  });
  const { format, resolveConfig } = await import('prettier');
  const after = withSection(before, headOf(outcome), sectionOf(outcome, command));
  await writeFile(file, await format(after, { ...(await resolveConfig(file)), parser: 'markdown' }));
}

const headOf = ({ subject }: Outcome): string => `## ${subject.name}`;

/** The document with `section` under its head: in the place of the one that is there, or at the end. */
export function withSection(document: string, head: string, section: string): string {
  const parts = document.split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.split('\n', 1)[0]?.trim() === head);
  return parts.with(at === -1 ? parts.push('') - 1 : at, `\n${head}\n\n${section}\n\n`).join('');
}

export function sectionOf(outcome: Outcome, command: string): string {
  const { subject, machine, versions, ratios } = outcome;
  const { memoryGiB, system, date } = machine;
  const others = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const check = ratios.length > 0;
  return [
    `${subject.title}.${subject.remark === undefined ? '' : ` ${subject.remark}`}`,
    `\`${command}\`, ${date}.`,
    `${tellCircumstances(outcome)}; ${memoryGiB} GiB, ${system}. ${others.join(', ')}.`,
    ...tablesOf(outcome, check).map(inMarkdown),
  ].join('\n\n');
}

function inMarkdown([head = [], ...rows]: Cells): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
