/** What a launch measured: a number for each measure; of what it did not measure, none. */
export type Figures = Readonly<Record<string, number>>;

/** What a number counts. */
export interface Unit {
  /** Its name in what `--json` writes. */
  readonly field: 'perSecond' | 'microseconds' | 'nanoseconds' | 'messages' | 'bytes' | 'permille' | 'times';
  /** Its name for a reader. */
  readonly told: string;
}

export interface Measure {
  readonly name: string;
  readonly unit: Unit;
  /** In which order the chart has the contenders; in their own, if they are points on a scale. */
  readonly best?: 'highest' | 'lowest';
}

/** The median of one contender over another's, by one measure, and what it has to be. */
export interface Ratio {
  readonly name: string;
  readonly measure: string;
  readonly of: string;
  /** Another contender, or a number that does not depend on the machine. */
  readonly over: string | number;
  /** The least that `--check` lets pass. */
  readonly must?: number;
  /** The most that it lets pass. */
  readonly most?: number;
  readonly aim?: number;
}

/** Something to be measured of many in one run, so that the ratios hold whatever the machine. */
export interface Subject {
  readonly name: string;
  /** What was measured, over its chart. */
  readonly title: string;
  /** What a reader of its results has to know of them. */
  readonly remark?: string;
  readonly contenders: readonly string[];
  /** Those that need packages of their own. */
  readonly foreign: readonly string[];
  /** The first is the one of the rows. */
  readonly measures: readonly [Measure, ...Measure[]];
  /** Those in the chart. */
  readonly drawn: readonly string[];
  readonly ratios: readonly Ratio[];
  /** Measures one contender in fresh processes. */
  launch(contender: string, seconds: number): Promise<Figures>;
}
