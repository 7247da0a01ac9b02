/** What the guests of this package use beside its public names, and its users do not. */
export { onAbort } from './abort.js';
export { codeOf } from './errors.js';
export { checkFields, checkNames } from './names.js';
export type { Names } from './names.js';
export { badOption, callable, count, longestMs, milliseconds, oneOf } from './options.js';
export { OrderlyObservable, ignoreOrderly, orderly } from './orderly.js';
export { handled, reported } from './promises.js';
export { warnOnce } from './warning.js';
