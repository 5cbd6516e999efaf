// Reads exact numbers of bytes from a stream of chunks.

import { ArchiveError } from "./archive-error.ts";

/** Reads from a stream on request. `onChunk` is called with the length of each chunk that the stream delivers. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #onChunk: (length: number) => void;
  #unread: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>, onChunk: (length: number) => void) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#onChunk = onChunk;
  }

  /** Returns the next `length` bytes; undefined if the stream ends first. */
  async take(length: number): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    for (let remaining = length; remaining > 0; ) {
      if (this.#unread.length === 0 && !(await this.#readChunk())) return undefined;
      const chunk = this.#unread.subarray(0, remaining);
      this.#unread = this.#unread.subarray(chunk.length);
      chunks.push(chunk);
      remaining -= chunk.length;
    }
    return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  }

  /** Yields the next `length` bytes in chunks. Throws ArchiveError ("corrupt") if the stream ends first. */
  async *stream(length: number): AsyncGenerator<Buffer> {
    for (let remaining = length; remaining > 0; ) {
      if (this.#unread.length === 0 && !(await this.#readChunk()))
        throw new ArchiveError("corrupt", `truncated: ${remaining} bytes are missing`);
      const chunk = this.#unread.subarray(0, remaining);
      this.#unread = this.#unread.subarray(chunk.length);
      remaining -= chunk.length;
      yield chunk;
    }
  }

  async skip(length: number): Promise<void> {
    for await (const _ of this.stream(length));
  }

  /** Reads to the end of the stream and discards the bytes. */
  async drain(): Promise<void> {
    while (await this.#readChunk());
  }

  async #readChunk(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    this.#onChunk(value.length);
    this.#unread = value;
    return true;
  }
}
