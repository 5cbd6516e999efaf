// Writes protocol buffer messages, as much of the format as ONNX needs:
// https://protobuf.dev/programming-guides/encoding

/**
 * A message under construction. Its parts are referenced until `finish` joins them: arrays given to `bytes` are not
 * copied.
 */
export class Message {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** int32, int64, enum and bool fields; a negative number is written in ten bytes of two's complement. */
  int(field: number, value: number | bigint): this {
    return this.#tag(field, 0).#varint(BigInt.asUintN(64, BigInt(value)));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, 5).#push(bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, 2).#varint(BigInt(value.length)).#push(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    this.#tag(field, 2).#varint(BigInt(value.#length));
    for (const chunk of value.#chunks) this.#push(chunk);
    return this;
  }

  /** The encoded message. Throws above 2 GiB, the format's limit: large tensors have to be external data. */
  finish(): Uint8Array {
    if (this.#length >= 2 ** 31) throw new Error(`protobuf message has ${this.#length} bytes, wanted less than 2 GiB`);
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(BigInt((field << 3) | wireType));
  }

  #varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    return this.#push(Uint8Array.of(...bytes, Number(rest)));
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}
