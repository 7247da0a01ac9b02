import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ServingStats } from 'rxduplex';

import { start } from '../../../bench/child.js';
import type { Child, Ended } from '../../../bench/child.js';
import { turns } from '../peer.js';
import { boundsNames } from './plan.js';
import type { BoundsName, Shape } from './plan.js';
import type { Counts } from './tally.js';
import { hangsMs, within } from './within.js';

export type Ports = Readonly<Record<BoundsName, number>>;

/** What a server process can be told. */
export interface Order {
  readonly wants: 'report' | 'end';
}

export interface PartReport {
  readonly stats: ServingStats;
  /** What the handlers have counted. */
  readonly counts: Counts;
  /** How many failures `failures$` has told of. */
  readonly failures: number;
}

export interface Report {
  readonly parts: Readonly<Record<BoundsName, PartReport>>;
  readonly warnings: readonly string[];
}

/** A server of one shape in a process of its own. */
export class Handling implements AsyncDisposable {
  readonly #child: Child<{ readonly ports: Ports }>;
  readonly #folder: string;
  readonly #reports: ((report: Report) => void)[];

  static async start(shape: Shape): Promise<Handling> {
    const folder = mkdtempSync(join(tmpdir(), 'rxduplex-'));
    const errors = openSync(join(folder, 'errors'), 'w');
    const reports: ((report: Report) => void)[] = [];
    try {
      const child = await start<{ readonly ports: Ports }>('../children/handling', import.meta.url, {
        args: [shape],
        errors,
        // What it warns of is counted instead.
        flags: ['--no-warnings'],
        onNews: (report) => reports.shift()?.(report as Report),
      });
      return new Handling(child, folder, reports);
    } finally {
      closeSync(errors);
    }
  }

  private constructor(child: Child<{ readonly ports: Ports }>, folder: string, reports: ((report: Report) => void)[]) {
    this.#child = child;
    this.#folder = folder;
    this.#reports = reports;
  }

  get ports(): Ports {
    return this.#child.greeting.ports;
  }

  /** What it has written to its standard error. */
  get errors(): string {
    return readFileSync(join(this.#folder, 'errors'), 'utf8');
  }

  async report(): Promise<Report> {
    const report = new Promise<Report>((resolve) => this.#reports.push(resolve));
    this.#child.order({ wants: 'report' } satisfies Order);
    const ended = this.#child.ended.then((how) => {
      throw new Error(`the server process has ended with ${how}: ${this.errors}`);
    });
    return within('a report of the server process', Promise.race([report, ended]));
  }

  /** The first report of which something is so in every part. */
  async reportWhere(what: string, isSo: (part: PartReport) => boolean): Promise<Report> {
    const late = Date.now() + hangsMs;
    for (;;) {
      const report = await this.report();
      if (Object.values(report.parts).every(isSo)) return report;
      if (Date.now() > late) throw new Error(`waited ${hangsMs} ms for: ${what}; there is ${JSON.stringify(report)}`);
      await turns(5);
    }
  }

  /** Lets it come to where it has no more room for a response. A look that is too early lets a fault go unseen, no more. */
  async stoodStill(): Promise<Report> {
    for (let before = ''; ;) {
      const report = await this.report();
      const now = JSON.stringify(boundsNames.map((name) => report.parts[name].stats));
      if (now === before) return report;
      before = now;
      await turns(30);
    }
  }

  /** Has it drain and shut down its servers; how it ended then. */
  async end(): Promise<Ended> {
    this.#child.order({ wants: 'end' } satisfies Order);
    return within('the end of the server process', this.#child.ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }
}
