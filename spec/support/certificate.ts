import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A certificate and its key, in PEM, and what is needed to issue others with it. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly name: string;
  readonly privateKey: KeyObject;
}

export interface Issue {
  readonly name: string;
  /** Who signs it; itself, if nobody is named. */
  readonly issuer?: Certificate;
  /** The host it is for; an authority is for none. */
  readonly host?: string;
  readonly from?: Date;
  readonly to?: Date;
}

const day = 24 * 60 * 60 * 1000;

/** Makes a certificate, as node's crypto cannot. */
export function certificate({ name, issuer, host, from, to }: Issue): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const extension = host === undefined ? authority() : hostName(host);
  const body = sequence(
    der(0xa0, integer(2)),
    integer(Math.floor(Math.random() * 0x7fffffff)),
    ecdsaWithSha256,
    named(issuer?.name ?? name),
    sequence(time(from ?? new Date(Date.now() - day)), time(to ?? new Date(Date.now() + day))),
    named(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  const bytes = sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  return {
    cert: Buffer.from(`-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`),
    key: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    name,
    privateKey,
  };
}

function authority(): Buffer {
  const constraints = sequence(der(0x01, Buffer.from([0xff])));
  return sequence(oid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, constraints));
}

function hostName(host: string): Buffer {
  return sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(host)))));
}

const named = (name: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const time = (at: Date): Buffer => der(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')));

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  const first = bytes.findIndex((byte, index) => byte !== 0 || index === 4);
  return der(0x02, bytes.subarray((bytes[first] ?? 0) > 0x7f ? first - 1 : first));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content]);
}
