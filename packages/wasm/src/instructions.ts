// Instructions as their bytes (https://webassembly.github.io/spec/core/binary/instructions.html). Locals are named by index, parameters first.

import { signed, unsigned } from "./leb128.ts";

export type Code = readonly number[];

export const valueTypes = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
/** Sets a local and leaves the value on the stack. */
export const tee = (local: number): Code => [0x22, ...unsigned(local)];

/** Goes on past its end unless `again` is reached with a number other than 0 on the stack. */
export const loop = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b];
/** To the start of the innermost loop. */
export const again: Code = [0x0d, 0];

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: [0x6a],
  multiply: [0x6c],
  lessUnsigned: [0x49],
} as const;

export const f64 = {
  add: [0xa0],
  store: (offset: number): Code => [0x39, 3, ...unsigned(offset)],
} as const;

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

/** 16 bytes. Offsets are added to the address on the stack, which need not be a multiple of anything. */
export const v128 = {
  zero: [...simd(0x0c), ...new Array<number>(16).fill(0)],
  load: (offset: number): Code => [...simd(0x00), 4, ...unsigned(offset)],
  store: (offset: number): Code => [...simd(0x0b), 4, ...unsigned(offset)],
} as const;

/** Four numbers of single precision. */
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

/** Two numbers of double precision. */
export const f64x2 = {
  /** One number from memory, twice. */
  loadSplat: (offset: number): Code => [...simd(0x0a), 3, ...unsigned(offset)],
  lane: (index: 0 | 1): Code => [...simd(0x21), index],
  add: simd(0xf0),
  multiply: simd(0xf2),
} as const;
