import { BadFlag, wholeNumber } from '../flag-values.js';

/** A whole number from 1 to `most`. */
export function upTo(most: number, flag: string, value: unknown): number {
  const number = wholeNumber(flag, value);
  if (number <= most) return number;
  throw new BadFlag(flag, `a whole number from 1 to ${most}`, value);
}
