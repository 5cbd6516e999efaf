// An update whose vectors, such as the gradient, are the means of the vectors of several parts of a batch.

import type { ElementProgram } from "./program.ts";

/**
 * The program that reads `count` vectors in place of each, in the order of the parts. It sums them in that order, and
 * divides the sum by a further scalar, its last, which must be `count`. This is the arithmetic of `wholeOf`, to the bit.
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
    scalars: [...scalars, "divisor"],
    instructions: [...added, ...instructions.map(({ op, operands }) => ({ op, operands: operands.map(renumber) }))],
    results: results.map(renumber),
  };
}
