import { readFileSync } from 'node:fs';

import { blocksOf, problemsIn } from '../support/readme.js';

const file = 'README.md';
const blocks = blocksOf(readFileSync(file, 'utf8'));
const problems = problemsIn(file, blocks);
problems.forEach((problem) => console.error(problem));
console.log(`${file}: ${blocks.length} code blocks, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
