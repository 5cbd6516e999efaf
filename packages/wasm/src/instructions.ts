// Encodes WebAssembly instructions as bytes: https://webassembly.github.io/spec/core/binary/instructions.html. The
// locals of a function are numbered from 0: first its parameters, then its other locals.

import { signedLeb128, unsignedLeb128 } from "./leb128.ts";

export type Code = readonly number[];

export const valueTypes = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

export const get = (local: number): Code => [0x20, ...unsignedLeb128(local)];
export const set = (local: number): Code => [0x21, ...unsignedLeb128(local)];
/** Sets a local and leaves the value on the stack. */
export const tee = (local: number): Code => [0x22, ...unsignedLeb128(local)];

/** A loop body; it ends unless it reaches `branchIf` with a number other than 0 on the stack. */
export const loop = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b];
/** Branches to the start of the innermost loop if the number on the stack is not 0. */
export const branchIf: Code = [0x0d, 0];

export const i32 = {
  constant: (value: number): Code => [0x41, ...signedLeb128(value)],
  add: [0x6a],
  multiply: [0x6c],
  lessUnsigned: [0x49],
} as const;

export const f64 = {
  add: [0xa0],
  store: (offset: number): Code => [0x39, 3, ...unsignedLeb128(offset)],
} as const;

const simd = (opcode: number): Code => [0xfd, ...unsignedLeb128(opcode)];

/** Vectors of 16 bytes. `offset` is added to the address on the stack; no alignment is required. */
export const v128 = {
  zero: [...simd(0x0c), ...new Array<number>(16).fill(0)],
  load: (offset: number): Code => [...simd(0x00), 4, ...unsignedLeb128(offset)],
  store: (offset: number): Code => [...simd(0x0b), 4, ...unsignedLeb128(offset)],
} as const;

/** Vectors of four single precision numbers. */
export const f32x4 = {
  splat: simd(0x13),
  abs: simd(0xe0),
  negate: simd(0xe1),
  sqrt: simd(0xe3),
  add: simd(0xe4),
  subtract: simd(0xe5),
  multiply: simd(0xe6),
  divide: simd(0xe7),
} as const;

/** Vectors of two double precision numbers. */
export const f64x2 = {
  /** Loads one number into both lanes. */
  loadSplat: (offset: number): Code => [...simd(0x0a), 3, ...unsignedLeb128(offset)],
  lane: (index: 0 | 1): Code => [...simd(0x21), index],
  add: simd(0xf0),
  multiply: simd(0xf2),
} as const;
