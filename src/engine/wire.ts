/** Writes protocol buffers: the few field kinds that a TensorFlow graph is made of, and nothing else. */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** One message under construction. Field numbers are those of TensorFlow's .proto files, named where they are used. */
export class Message {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;

  private push(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.size += bytes.length;
  }

  integer(field: number, value: number): this {
    this.push(Uint8Array.from([...varint((field << 3) | VARINT), ...varint(value)]));
    return this;
  }

  boolean(field: number, value: boolean): this {
    return this.integer(field, value ? 1 : 0);
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(5);
    bytes[0] = (field << 3) | FIXED_32;
    new DataView(bytes.buffer).setFloat32(1, value, true);
    this.push(bytes);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.push(Uint8Array.from([...varint((field << 3) | LENGTH_DELIMITED), ...varint(value.length)]));
    this.push(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  packed(field: number, values: readonly number[]): this {
    return this.bytes(field, Uint8Array.from(values.flatMap(varint)));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.finish());
  }

  /** One entry of a map<string, …> field: key 1, value 2. */
  entry(field: number, key: string, value: Message | string): this {
    const pair = new Message().text(1, key);
    return this.message(field, typeof value === 'string' ? pair.text(2, value) : pair.message(2, value));
  }

  finish(): Uint8Array {
    return Buffer.concat(this.chunks, this.size);
  }
}

function varint(value: number): number[] {
  if (value < 0) return negativeVarint(value);
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/** Negative numbers are written as 64-bit two's complement. */
function negativeVarint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}
