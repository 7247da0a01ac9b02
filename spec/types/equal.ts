/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- they are what is compared */

/** Whether two types are one and the same, not only assignable to each other. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles if its type argument is `true`. */
export declare function is<T extends true>(): T;

/** `exactly<Expected>()(value)` compiles if that is the very type of the value. */
export declare function exactly<Expected>(): <Actual>(
  value: Actual,
  ...same: Equal<Actual, Expected> extends true ? [] : ['is of another type']
) => void;
