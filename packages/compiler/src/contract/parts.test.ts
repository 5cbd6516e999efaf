// A function as micro-batches: what `wholeOf` computes, and the batches that it refuses.

import * as tf from "@dit-bench/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { type Parts, rowsOfPart, wholeOf } from "./parts.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const numbers = (tensors: Record<string, tf.Tensor>) =>
  Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [key, Array.from(tensor.dataSync())]));

describe("wholeOf", () => {
  const part: Parts["part"] = ({ x, scale }) => ({ rows: tf.mul(x!, scale!), mean: tf.mean(x!) });
  const given = { x: tf.tensor1d([1, 2, 3, 4, 5, 60]), scale: tf.scalar(2) };

  test("concatenates rows and averages the rest, and gives both to finish, with the inputs", () => {
    const finish: Parts["finish"] = ({ x, rows, mean }) => ({ x: x!, rows: rows!, twice: tf.mul(mean!, 2) });
    const made = wholeOf({ count: 3, split: ["x"], part, rows: ["rows"], finish })(given);
    expect(numbers(made)).toEqual({ x: [1, 2, 3, 4, 5, 60], rows: [2, 4, 6, 8, 10, 120], twice: [25] });
  });

  test("calls the part once with the whole batch if there is one part", () => {
    let calls = 0;
    const counted: Parts["part"] = (inputs) => {
      calls++;
      return part(inputs);
    };
    const made = wholeOf({ count: 1, split: ["x"], part: counted, rows: ["rows"] })(given);
    expect(numbers(made)).toEqual({ rows: [2, 4, 6, 8, 10, 120], mean: [12.5] });
    expect(calls).toBe(1);
  });

  test("refuses a batch that the number of parts does not divide", () => {
    expect(() => wholeOf({ count: 4, split: ["x"], part })(given)).toThrow(
      'input "x" has shape [6]: wanted rows that 4 parts divide',
    );
  });
});

describe("rowsOfPart", () => {
  test("refuses scalars and batches without rows", () => {
    expect(rowsOfPart("x", [6, 5], 3)).toBe(2);
    expect(() => rowsOfPart("x", [], 1)).toThrow('input "x" has shape []');
    expect(() => rowsOfPart("x", [0, 5], 2)).toThrow('input "x" has shape [0,5]');
  });
});
