// Gives yauzl access to an archive. yauzl's own access passes each offset of the archive to the system, and an offset
// beyond 2^53 is an exception there that no caller can catch (yauzl 3.4.0).

import { close, fstatSync, openSync, read } from "node:fs";
import { Readable } from "node:stream";
import { RandomAccessReader } from "yauzl";

/** An open file. yauzl closes it with the archive, and after some errors; closing it again does nothing. */
export class FileReader extends RandomAccessReader {
  readonly #file: number;
  #isOpen = true;
  readonly size: number;

  constructor(path: string) {
    super();
    this.#file = openSync(path, "r");
    this.size = fstatSync(this.#file).size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (position >= 0 && position + length <= this.size) read(this.#file, buffer, offset, length, position, done);
    else setImmediate(done, new Error(`it refers to byte ${position + length} of ${this.size}`));
  }

  /** @param end the position after the last byte */
  override _readStreamForRange(start: number, end: number): Readable {
    const file = this.#file; // not a stream of node:fs, which closes the file when it is destroyed
    let at = start;
    return new Readable({
      read(size) {
        const buffer = Buffer.allocUnsafe(Math.min(size, end - at));
        if (buffer.length === 0) return void this.push(null);
        read(file, buffer, 0, buffer.length, at, (error, bytesRead) => {
          at += bytesRead;
          if (error) this.destroy(error);
          else this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead));
        });
      },
    });
  }

  override close(done: (error: Error | null) => void): void {
    if (this.#isOpen) close(this.#file, done);
    else setImmediate(done, null);
    this.#isOpen = false;
  }
}
