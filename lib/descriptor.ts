/** One field of a message type, by the name that it has in JavaScript, and the type of its own fields if it has any. */
interface Field {
  readonly name: string;
  readonly typeName: string;
}

/** The fields of message types, by the last part of their names. */
type Types = ReadonlyMap<string, readonly Field[]>;

/** What proto-loader says of a message type, beside the functions that serialise it. */
export interface Described {
  readonly type?: {
    readonly name?: string;
    readonly field?: readonly (Partial<Field> & { readonly type?: string; readonly label?: string })[];
    readonly oneofDecl?: readonly { readonly name?: string }[];
  };
  readonly fileDescriptorProtos?: readonly Uint8Array[];
}

/** Every field of a message of that type, at any depth. */
export function* fieldsOf({ type, fileDescriptorProtos = [] }: Described): Generator<Field & { readonly of: string }> {
  const files = fileDescriptorProtos.map(typesIn);
  const seen = new Set<string>();
  const waiting: { readonly of: string; readonly fields: readonly Partial<Field>[] }[] = [
    { of: type?.name ?? '', fields: type?.field ?? [] },
  ];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const { name = '', typeName = '' } of next.fields) {
      yield { name, typeName, of: next.of };
      const simple = lastPart(typeName);
      if (simple === '' || seen.has(simple)) continue;
      seen.add(simple);
      waiting.push({ of: simple, fields: files.flatMap((types) => types.get(simple) ?? []) });
    }
  }
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

const known = new WeakMap<Uint8Array, Types>();

/** The types in a serialised `FileDescriptorProto`; the same file is given for every type that is in it. */
function typesIn(file: Uint8Array): Types {
  let types = known.get(file);
  if (!types) {
    types = new Map(partsOf(file, 4).flatMap(withNested));
    known.set(file, types);
  }
  return types;
}

/** A serialised `DescriptorProto`, and those in it. */
function withNested(message: Uint8Array): [string, readonly Field[]][] {
  const fields = partsOf(message, 2).map((field) => ({ name: textIn(field, 1), typeName: textIn(field, 6) }));
  return [[textIn(message, 1), fields], ...partsOf(message, 3).flatMap(withNested)];
}

const textIn = (message: Uint8Array, field: number): string => {
  const [text = new Uint8Array()] = partsOf(message, field);
  return Buffer.from(text).toString();
};

/** What a serialised message has under a field of text, bytes or messages. */
function partsOf(message: Uint8Array, wanted: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else {
      const length = varint();
      if (Math.floor(tag / 8) === wanted) parts.push(message.subarray(at, at + length));
      at += length;
    }
  }
  return parts;
}
