// Reads exact numbers of bytes from a stream of chunks.

import { ArchiveError } from "./archive-error.ts";

/** `onChunk` is called with the length of each chunk that the source delivers. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #onChunk: (length: number) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>, onChunk: (length: number) => void) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#onChunk = onChunk;
  }

  /** `length` bytes; undefined if the stream ends first. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (let wanted = length; wanted > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more())) return undefined;
      const stream = this.#rest.subarray(0, wanted);
      this.#rest = this.#rest.subarray(stream.length);
      parts.push(stream);
      wanted -= stream.length;
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** `length` bytes, chunk by chunk. Throws ArchiveError ("corrupt") if the stream ends first. */
  async *stream(length: number): AsyncGenerator<Buffer> {
    for (let wanted = length; wanted > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more()))
        throw new ArchiveError("corrupt", `truncated: ${wanted} bytes are missing`);
      const stream = this.#rest.subarray(0, wanted);
      this.#rest = this.#rest.subarray(stream.length);
      wanted -= stream.length;
      yield stream;
    }
  }

  async skip(length: number): Promise<void> {
    for await (const _ of this.stream(length));
  }

  /** Reads to the end of the stream and discards the bytes. */
  async drain(): Promise<void> {
    while (await this.#more());
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    this.#onChunk(value.length);
    this.#rest = value;
    return true;
  }
}
