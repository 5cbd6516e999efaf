// Programs that combine the vectors of several micro-batches, such as their gradients, in the order of the parts.

import type { ElementProgram } from "./program.ts";

/** Adds `count` vectors to the one state, one after the other. */
export const sumOfParts = (size: number, count: number): ElementProgram => ({
  size,
  states: ["sum"],
  vectors: Array.from({ length: count }, (_, i) => `vector ${i}`),
  scalars: [],
  // Values: the state, the vectors, then each partial sum.
  instructions: Array.from({ length: count }, (_, i) => ({
    op: "Add" as const,
    operands: [i === 0 ? 0 : count + i, 1 + i],
  })),
  results: [2 * count],
});

/**
 * The update that reads `count` vectors in place of each of its vectors. It sums them in their order, and divides the
 * sum by a further scalar, its last: the number of parts. With a first vector that `sumOfParts` has made, this is the
 * arithmetic of `wholeOf`, to the bit.
 */
export function meanOfParts(program: ElementProgram, count: number): ElementProgram {
  const { states, vectors, scalars, instructions, results } = program;
  const firstVector = states.length;
  const firstScalar = firstVector + vectors.length;
  const firstInstruction = firstScalar + scalars.length;
  // The same three in the new numbering.
  const newScalar = firstVector + vectors.length * count;
  const divisor = newScalar + scalars.length;
  const newInstruction = divisor + 1;
  const added: ElementProgram["instructions"][number][] = [];
  const add = (op: "Add" | "Div", ...operands: number[]): number => {
    added.push({ op, operands });
    return newInstruction + added.length - 1;
  };
  const means = vectors.map((_, v) => {
    const first = firstVector + v * count;
    let sum = first;
    for (let part = 1; part < count; part++) sum = add("Add", sum, first + part);
    return add("Div", sum, divisor);
  });
  const renumber = (value: number): number => {
    if (value < firstVector) return value;
    if (value < firstScalar) return means[value - firstVector]!;
    if (value < firstInstruction) return newScalar + value - firstScalar;
    return newInstruction + added.length + value - firstInstruction;
  };
  return {
    ...program,
    vectors: vectors.flatMap((vector) => Array.from({ length: count }, () => vector)),
    scalars: [...scalars, "number of parts"],
    instructions: [...added, ...instructions.map(({ op, operands }) => ({ op, operands: operands.map(renumber) }))],
    results: results.map(renumber),
  };
}
