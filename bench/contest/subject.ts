/** What a launch measured: the rate under each load, a second. */
export type Rates = Readonly<Record<string, number>>;

/** The median of one contender over that of another, under one load, and what it has to be. */
export interface Ratio {
  readonly name: string;
  readonly load: string;
  readonly of: string;
  readonly over: string;
  /** The least that `--check` lets pass. */
  readonly must?: number;
  readonly aim?: number;
}

/** Something to be measured of many in one run, so that the ratios hold whatever the machine. */
export interface Subject {
  readonly name: string;
  /** What was measured, over its chart. */
  readonly title: string;
  /** What the rates count. */
  readonly unit: string;
  readonly contenders: readonly string[];
  /** Those that need packages of their own. */
  readonly foreign: readonly string[];
  /** The first is the one of the rows and of the chart. */
  readonly loads: readonly [string, ...string[]];
  readonly ratios: readonly Ratio[];
  /** Measures one contender in a fresh pair of processes. */
  launch(contender: string, seconds: number): Promise<Rates>;
}
