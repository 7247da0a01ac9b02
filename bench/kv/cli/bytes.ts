import { BadFlag } from '../../flag-values.js';

/** How keys and values are written on a command line and on standard output. */
export interface Notation {
  readonly read: (name: string, text: string) => Buffer;
  readonly write: (bytes: Uint8Array) => string;
}

export const text: Notation = {
  read: (_, given) => Buffer.from(given),
  write: (bytes) => Buffer.from(bytes).toString(),
};

export const hex: Notation = {
  read(name, given) {
    if (/^([0-9a-f]{2})*$/i.test(given)) return Buffer.from(given, 'hex');
    throw new BadFlag(name, 'pairs of hexadecimal digits', given);
  },
  write: (bytes) => Buffer.from(bytes).toString('hex'),
};
