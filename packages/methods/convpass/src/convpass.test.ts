// Conformance of Convpass, and its bypass against tf.conv2d.
//
// N = batch, S = side of the token grid, T = S² tokens, D = width, R = bottleneck

import { checks } from "@dit-bench/conformance";
import { normal, parseOptions, tf } from "@dit-bench/method";
import { beforeAll, describe, expect, it } from "vitest";
import convpass from "./index.ts";

beforeAll(() => tf.setBackend("cpu"));

describe.each([{}, { beside: ["attn"], bottleneck: 3, scale: 0.1 }])("Convpass %j", (options) => {
  it.each(checks)("$name", ({ run }) => run({ method: convpass, options, merges: false }));
});

const [N, S, D, R] = [2, 4, 6, 3];
const module = { path: "blocks.0.attn", kind: "part", in: D, out: D } as const;
const [graft] = convpass.adapt(parseOptions(convpass, { bottleneck: R, scale: 0.5 }), {} as never).grafts!;
const random = (name: string, ...shape: number[]): tf.Tensor =>
  tf.tensor(normal(1, ...shape).values({ seed: 0, name, base: () => new Float32Array() }), shape);
const phi = (x: tf.Tensor) => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)));

describe("the bypass of Convpass", () => {
  it("convolves the token grid between two linear layers, and is added to the branch", () => {
    const x_NTD = random("x", N, S * S, D);
    const w = Object.fromEntries(
      Object.entries(graft!.weights(module)).map(([key, { shape }]) => [key, random(key, ...shape)]),
    ) as Record<string, tf.Tensor>;
    const y = graft!.forward!((x) => tf.mul(x, 3), x_NTD, w);

    // 1×1 convolutions for the linear layers; filters of tf.conv2d are [row, column, in, out].
    const layer = (x: tf.Tensor, weight: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, tf.reshape(tf.transpose(weight), [1, 1, weight.shape[1]!, -1]) as tf.Tensor4D, 1, 0);
    const grid = tf.reshape(x_NTD, [N, S, S, D]);
    const hidden = phi(tf.add(layer(grid, w.down_RD!), w.downBias_R!)) as tf.Tensor4D;
    const filter = tf.transpose(w.conv_R33R!, [1, 2, 3, 0]) as tf.Tensor4D;
    const mixed = phi(tf.add(tf.conv2d(hidden, filter, 1, "same"), w.convBias_R!));
    const added = tf.reshape(tf.add(layer(mixed, w.up_DR!), w.upBias_D!), [N, S * S, D]);
    const wanted = tf.add(tf.mul(x_NTD, 3), tf.mul(added, 0.5));
    expect(tf.max(tf.abs(tf.sub(y, wanted))).dataSync()[0]).toBeLessThan(1e-4);
  });

  it("starts with a convolution that is the identity", () => {
    const { shape, values } = graft!.weights(module).conv_R33R!;
    const filter_33RR = tf.transpose(
      tf.tensor(values({ seed: 0, name: "", base: () => new Float32Array() }), [...shape]),
      [1, 2, 3, 0],
    );
    const x = random("x", N, S, S, R) as tf.Tensor4D;
    const y = tf.conv2d(x, filter_33RR as tf.Tensor4D, 1, "same");
    expect(tf.max(tf.abs(tf.sub(x, y))).dataSync()[0]).toBe(0);
  });

  it("refuses to be nowhere", () => {
    expect(() => parseOptions(convpass, { beside: [] })).toThrow("option 'beside'");
  });
});
