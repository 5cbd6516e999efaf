// Makes the inputs of a target. An input depends only on the target's seeds, the seed of the run and its index.

import { stream } from "@dit-bench/random";

/** @import { Stream } from "@dit-bench/random" */
/** @import { Target } from "./types.ts" */

/** Longer inputs take long to read and find nothing that shorter ones do not. */
const mostBytes = 256 << 10;

/**
 * The input of this index.
 *
 * @param {Target} target
 * @param {readonly Buffer[]} seeds
 * @param {number} seed
 * @param {number} index
 */
export function inputAt(target, seeds, seed, index) {
  const numbers = stream(seed, `fuzz ${target.name}`, index);
  const start = pick(seeds, numbers);
  if (target.edit && numbers.integer(2) === 0) {
    const edited = target.edit(start, numbers);
    // A second, blind change in some of them.
    return numbers.integer(4) === 0 ? mutate(edited, seeds, numbers) : edited;
  }
  return mutate(start, seeds, numbers);
}

/**
 * A copy with one to four changes.
 *
 * @param {Buffer} bytes
 * @param {readonly Buffer[]} seeds
 * @param {Stream} numbers
 */
export function mutate(bytes, seeds, numbers) {
  /** @type {Buffer} */
  let copy = Buffer.from(bytes);
  for (let n = 1 + numbers.integer(2) * numbers.integer(4); n > 0; n--)
    copy = pick(changes, numbers)(copy, numbers, seeds).subarray(0, mostBytes);
  return copy;
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {Stream} numbers
 */
export const pick = (items, numbers) => items[numbers.integer(items.length)];

/**
 * A position, more often near the start, where most headers are.
 *
 * @param {Buffer} bytes
 * @param {Stream} numbers
 */
const positionIn = (bytes, numbers) =>
  numbers.integer(numbers.integer(2) === 0 ? bytes.length + 1 : Math.min(bytes.length, 256) + 1);

/**
 * @param {Buffer} bytes
 * @param {number} at
 * @param {number} removed
 * @param {Uint8Array} added
 */
const splice = (bytes, at, removed, added) =>
  Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);

/** @typedef {(bytes: Buffer, numbers: Stream, seeds: readonly Buffer[]) => Buffer} Change */

/** @type {readonly Change[]} */
const changes = [
  flipBit,
  flipBit,
  setBytes,
  setBytes,
  setBytes,
  writeNumber,
  writeNumber,
  writeNumber,
  editDigits,
  editDigits,
  truncate,
  remove,
  insert,
  repeat,
  move,
  join,
  nest,
];

/** @type {Change} */
function flipBit(bytes, numbers) {
  if (bytes.length > 0) bytes[positionIn(bytes, numbers) % bytes.length] ^= 1 << numbers.integer(8);
  return bytes;
}

/** Bytes with a meaning in many formats: limits of numbers, brackets, quotes, opcodes of pickles. */
const meaningful = Buffer.from("\x00\x01\x02\x7f\x80\xfe\xff()[]{}\"'\\,:.-0 9\n\r\t/<>&;QRbchqtu}\x81\x1b", "latin1");

/** @type {Change} */
function setBytes(bytes, numbers) {
  const at = positionIn(bytes, numbers);
  for (let i = at; i <= at + numbers.integer(4) && i < bytes.length; i++)
    bytes[i] = numbers.integer(2) === 0 ? numbers.integer(256) : meaningful[numbers.integer(meaningful.length)];
  return bytes;
}

/**
 * Numbers at which lengths, counts and offsets go wrong.
 *
 * @param {number} bits
 * @param {number} length of the input
 * @param {Stream} numbers
 */
const edgeNumber = (bits, length, numbers) => {
  const top = 1n << BigInt(bits - 1);
  const values = [0n, 1n, top - 1n, top, top + 1n, 2n * top - 1n, 2n * top - 2n, BigInt(length), BigInt(length + 1)];
  return BigInt.asUintN(bits, pick([...values, BigInt(numbers.integer(1 << 16))], numbers));
};

/** @type {Change} */
function writeNumber(bytes, numbers) {
  const width = pick([1, 2, 4, 8], numbers);
  const at = positionIn(bytes, numbers);
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(edgeNumber(8 * width, bytes.length, numbers));
  const part = number.subarray(0, width);
  if (numbers.integer(2) === 0) part.reverse();
  bytes.set(part.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
  return bytes;
}

const digitTexts = [
  ...["0", "-0", "1", "-1", "9", "00", "2147483647", "2147483648", "4294967295", "4294967296", "9007199254740991"],
  ...["9007199254740993", "18446744073709551615", "18446744073709551616", "1e999", "1e-999", "0.5", "NaN", "07777777"],
  "9".repeat(400),
];

/**
 * Replaces a number that is written as text.
 *
 * @type {Change}
 */
function editDigits(bytes, numbers, seeds) {
  const text = bytes.toString("latin1");
  const places = [...text.matchAll(/\d+/g)];
  if (places.length === 0) return setBytes(bytes, numbers, seeds);
  const { 0: digits, index } = pick(places, numbers);
  return splice(bytes, index, digits.length, Buffer.from(pick(digitTexts, numbers)));
}

/** @type {Change} */
function truncate(bytes, numbers) {
  return bytes.subarray(0, numbers.integer(bytes.length + 1));
}

/** @type {Change} */
function remove(bytes, numbers) {
  return splice(bytes, positionIn(bytes, numbers), 1 + numbers.integer(64), Buffer.alloc(0));
}

/** @type {Change} */
function insert(bytes, numbers) {
  const added = Uint8Array.from({ length: 1 + numbers.integer(16) }, () => numbers.integer(256));
  return splice(bytes, positionIn(bytes, numbers), 0, added);
}

/**
 * Repeats a part, rarely many times.
 *
 * @type {Change}
 */
function repeat(bytes, numbers) {
  const from = positionIn(bytes, numbers);
  const part = bytes.subarray(from, from + 1 + numbers.integer(numbers.integer(2) === 0 ? 16 : 1024));
  const times = numbers.integer(8) === 0 ? 1 + numbers.integer(2000) : 1 + numbers.integer(3);
  const copies = Array.from({ length: Math.min(times, Math.ceil(mostBytes / Math.max(1, part.length))) }, () => part);
  return splice(bytes, from, 0, Buffer.concat(copies));
}

/**
 * Copies a part over another.
 *
 * @type {Change}
 */
function move(bytes, numbers) {
  const [from, to] = [positionIn(bytes, numbers), positionIn(bytes, numbers)];
  bytes.copyWithin(to, from, from + 1 + numbers.integer(64));
  return bytes;
}

/**
 * The start of this input, then the end of another seed.
 *
 * @type {Change}
 */
function join(bytes, numbers, seeds) {
  const other = pick(seeds, numbers);
  return Buffer.concat([
    bytes.subarray(0, numbers.integer(bytes.length + 1)),
    other.subarray(numbers.integer(other.length + 1)),
  ]);
}

/** Brackets that open: of JSON, Python literals, pickles (marks, and empty lists), and elements of XML. */
const brackets = ["[", "{", "(", '{"a":', '[{"a":', "](", "<a>"];

/** @type {Change} */
function nest(bytes, numbers) {
  const depth = pick([2, 130, 3000, 100_000], numbers);
  const text = pick(brackets, numbers).repeat(depth).slice(0, mostBytes);
  return splice(bytes, positionIn(bytes, numbers), 0, Buffer.from(text));
}
