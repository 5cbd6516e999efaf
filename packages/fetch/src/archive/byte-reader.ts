import { ArchiveError } from "./archive-error.ts";

/** Takes exact numbers of bytes from a stream of chunks; `seen` hears of each chunk as it comes. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #seen: (length: number) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>, seen: (length: number) => void) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#seen = seen;
  }

  /** `length` bytes; undefined where the stream ended before all of them. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (let wanted = length; wanted > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more())) return undefined;
      const part = this.#rest.subarray(0, wanted);
      this.#rest = this.#rest.subarray(part.length);
      parts.push(part);
      wanted -= part.length;
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** `length` bytes as they come. Throws ArchiveError ("corrupt") where the stream ends before. */
  async *part(length: number): AsyncGenerator<Buffer> {
    for (let wanted = length; wanted > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more()))
        throw new ArchiveError("corrupt", `cut short: ${wanted} bytes are missing`);
      const part = this.#rest.subarray(0, wanted);
      this.#rest = this.#rest.subarray(part.length);
      wanted -= part.length;
      yield part;
    }
  }

  async skip(length: number): Promise<void> {
    for await (const _ of this.part(length));
  }

  /** Reads on to the end of the stream and forgets it. */
  async drain(): Promise<void> {
    while (await this.#more());
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    this.#seen(value.length);
    this.#rest = value;
    return true;
  }
}
