// Reads the bytes of pickles from a file, piece by piece.

import { CorruptFileError } from "../corrupt-file-error.ts";
import type { ReadableFile } from "../read-file.ts";

/** Limit on a pickle without its storages. The pickle of DiT-XL/2's training checkpoint has 0.2 MB. */
export const maxPickleBytes = 32 << 20;

/** Reads the values of consecutive pickles in a file. Its methods throw CorruptFileError at the end of the bytes. */
export class PickleInput {
  readonly source: string;
  readonly #file: ReadableFile;
  readonly #end: number;
  #piece = new Uint8Array(0);
  #view = new DataView(this.#piece.buffer);
  #pieceStart: number;
  #at = 0;

  /** Reads from `begin` up to `end`. Reading more than `maxPickleBytes` throws. */
  constructor(file: ReadableFile, begin: number, end: number) {
    this.source = file.path;
    this.#file = file;
    this.#pieceStart = begin;
    this.#end = Math.min(end, begin + maxPickleBytes);
    this.#isLimited = this.#end < end;
  }

  readonly #isLimited: boolean;

  /** Position in the file. */
  get position(): number {
    return this.#pieceStart + this.#at;
  }

  byte(): number {
    if (this.#at === this.#piece.length) this.#readPiece(1);
    return this.#piece[this.#at++]!;
  }

  /** A view of the next bytes. Later calls do not overwrite it. */
  bytes(length: number): Uint8Array {
    if (this.#piece.length - this.#at < length) this.#readPiece(length);
    this.#at += length;
    return this.#piece.subarray(this.#at - length, this.#at);
  }

  uint16(): number {
    return this.#number(2, (view, at) => view.getUint16(at, true));
  }

  int32(): number {
    return this.#number(4, (view, at) => view.getInt32(at, true));
  }

  uint32(): number {
    return this.#number(4, (view, at) => view.getUint32(at, true));
  }

  /** Reads a length. Returns Infinity for values of 2^53 and more: no file is that long. */
  uint64(): number {
    const value = this.#number(8, (view, at) => view.getBigUint64(at, true));
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
  }

  /** Reads a big-endian number; all other numbers of the pickle format are little-endian. */
  float64(): number {
    return this.#number(8, (view, at) => view.getFloat64(at, false));
  }

  /** Reads UTF-8 text up to the next line feed. */
  line(): string {
    const codes: number[] = [];
    for (let code = this.byte(); code !== 0x0a; code = this.byte()) {
      if (codes.length === maxLine) throw this.corrupt(`a line longer than ${maxLine} bytes`);
      codes.push(code);
    }
    return Buffer.from(codes).toString("utf8");
  }

  corrupt(problem: string): CorruptFileError {
    return new CorruptFileError(this.source, `pickle, at byte ${this.position}: ${problem}`);
  }

  #number<T>(width: number, read: (view: DataView, at: number) => T): T {
    if (this.#piece.length - this.#at < width) this.#readPiece(width);
    this.#at += width;
    return read(this.#view, this.#at - width);
  }

  #readPiece(wanted: number): void {
    const at = this.position;
    const left = this.#end - at;
    if (wanted > left)
      throw this.corrupt(
        this.#isLimited && wanted <= maxPickleBytes
          ? `longer than ${maxPickleBytes} bytes, the limit`
          : `${wanted} bytes were announced, ${left} are left: truncated`,
      );
    this.#piece = this.#file.read(at, Math.max(wanted, Math.min(left, pieceBytes)));
    this.#view = new DataView(this.#piece.buffer, this.#piece.byteOffset, this.#piece.length);
    this.#pieceStart = at;
    this.#at = 0;
  }
}

const pieceBytes = 1 << 16;
const maxLine = 1 << 16; // lines hold names and numbers of protocol 0
