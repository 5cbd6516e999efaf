// Sine and cosine in arithmetic, for devices whose own are inexact.

import type { Graph, GraphBuilder, Value } from "../graph/graph.ts";
import { rewrite } from "./rewrite.ts";

/**
 * Replaces Sin and Cos by arithmetic, exact to about the last bit for |x| up to 10,000. WGSL guarantees an absolute
 * error of 2^-11 between -pi and pi only (https://www.w3.org/TR/WGSL/#floating-point-accuracy); the timestep embedding
 * takes the cosine of up to 999.
 */
export function exactTrigonometry(graph: Graph): Graph {
  return rewrite(graph, (node, g) => {
    if (node.op === "Sin") return [sine(g, node.inputs[0]!, 0)];
    if (node.op === "Cos") return [sine(g, node.inputs[0]!, 1)];
    return undefined;
  });
}

/**
 * sin(x + quarters pi / 2). With x = k pi / 2 + r and |r| <= pi / 4, it is sin r, cos r, -sin r or -cos r for k +
 * quarters modulo 4 = 0, 1, 2 or 3.
 */
function sine(g: GraphBuilder, x: Value, quarters: number): Value {
  const number = (v: number) => g.scalar(v, x.dtype);
  const mul = (a: Value, b: Value | number): Value => g.add("Mul", [a, typeof b === "number" ? number(b) : b]);
  const add = (a: Value, b: Value | number): Value => g.add("Add", [a, typeof b === "number" ? number(b) : b]);
  const floor = (a: Value) => g.add("Floor", [a]);

  const k = floor(add(mul(x, 2 / Math.PI), 0.5));
  const r = HALF_PI_PARTS.reduce((remainder, part) => g.add("Sub", [remainder, mul(k, part)]), x);
  const square = mul(r, r);
  /** The sum of c_i square^i, by Horner's rule. */
  const polynomial = (c: readonly number[]) =>
    c.slice(0, -1).reduceRight((sum, next) => add(mul(square, sum), next), number(c.at(-1)!));
  const [sinR, cosR] = [mul(r, polynomial(SINE)), polynomial(COSINE)];

  const half = floor(mul(add(k, quarters), 0.5)); // k + quarters = 2 half + odd
  const odd = g.add("Sub", [add(k, quarters), mul(half, 2)]);
  const sign = add(mul(g.add("Sub", [half, mul(floor(mul(half, 0.5)), 2)]), -2), 1); // +1 if half is even, else -1
  return mul(g.add("Where", [g.add("Greater", [odd, number(0.5)]), cosR, sinR]), sign);
}

/** Pi / 2 as a sum of three, the first two short enough that k times either is exact in float32 up to k = 2^13. */
const HALF_PI_PARTS = (() => {
  const high = 201 / 128;
  const middle = Math.round((Math.PI / 2 - high) * 2 ** 22) / 2 ** 22;
  return [high, middle, Math.PI / 2 - high - middle];
})();

// Taylor coefficients; at pi / 4 the first omitted terms are below 2e-9 (sine) and 2e-10 (cosine).
const SINE = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880];
const COSINE = [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800];
