// Milliseconds of one training step of each method, and of one pass of the network as sampling makes it. Build first (npm run build).
//
//     node tools/measure-step.mjs --width 192 --depth 6 --heads 3 --tokens 64 --batch 64 --threads 2 --methods sample,full,difffit
//
// Prints one JSON object a line. The work: a DiT of patch 2 over 4 channels and 101 classes, the mean square of its noise output
// against a fixed target, all gradients that the method trains, AdamW. The runner's own step without its moving average.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { createEngine } from "@dit-bench/compiler";
import { adamwCoefficients } from "@dit-bench/diffusion";
import { dit, ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import { integers, normals } from "@dit-bench/random";
import * as tf from "@tensorflow/tfjs";
import { initialState, trainingStep } from "../packages/runner/dist/optimise.js";

const WARM_UP = 2;
const CHANNELS = 4;
const PATCH = 2;
const optimizer = { lr: 1e-4, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 };

const { values: given } = parseArgs({
  options: {
    width: { type: "string", default: "192" },
    depth: { type: "string", default: "6" },
    heads: { type: "string", default: "3" },
    tokens: { type: "string", default: "64" },
    batch: { type: "string", default: "64" },
    threads: { type: "string", default: "2" },
    steps: { type: "string", default: "7" },
    methods: { type: "string", default: "sample,full,bitfit,lora,adaptformer,vpt,difffit" },
  },
});
const { methods, ...numbers } = given;
const { width, depth, heads, tokens, batch, threads, steps } = Object.fromEntries(
  Object.entries(numbers).map(([name, text]) => {
    const value = Number(text);
    if (!(Number.isInteger(value) && value >= 1))
      throw new Error(`--${name} is ${text}, wanted a whole number of at least 1`);
    return [name, value];
  }),
);
const side = Math.sqrt(tokens);
if (!Number.isInteger(side)) throw new Error(`--tokens is ${tokens}, wanted a square number such as 64 or 256`);

const config = {
  name: "measured",
  inputSize: PATCH * side,
  patchSize: PATCH,
  channels: CHANNELS,
  width,
  depth,
  heads,
  mlpRatio: 4,
  classes: 101,
  learnSigma: true,
};
const model = ditModel(config);
const base = Object.fromEntries(model.weights.map(({ name, shape }) => [name, draw(name, shape, 0.02)]));
const imageShape = [batch, CHANNELS, config.inputSize, config.inputSize];
const batchOf = {
  x: draw("x", imageShape),
  t: Float32Array.from(integers(0, "t", 0, batch, 1000)),
  y: Int32Array.from(integers(0, "y", 0, batch, config.classes)),
};
const target = draw("target", imageShape);
const batchSignature = { x: { shape: imageShape }, t: { shape: [batch] }, y: { shape: [batch], dtype: "int32" } };

const engine = await createEngine("cpu", { threads });
const require = createRequire(import.meta.resolve("@dit-bench/compiler"));
const runtime = `onnxruntime-node ${JSON.parse(readFileSync(require.resolve("onnxruntime-node/package.json"), "utf8")).version}`;

for (const name of methods.split(",")) {
  const { trainable, compiled, inputsOf } = name === "sample" ? await samplingPass() : await methodStep(name);
  const times = [];
  for (let k = 1; k <= WARM_UP + steps; k++) {
    const inputs = inputsOf(k);
    const start = performance.now();
    await compiled.run(inputs);
    if (k > WARM_UP) times.push(performance.now() - start);
  }
  const { traceMs, sessionMs } = compiled.report;
  await compiled.dispose();
  times.sort((a, b) => a - b);
  const line = {
    peer: "dit-bench",
    runtime,
    method: name,
    width,
    depth,
    tokens,
    batch,
    threads,
    trainable,
    median_ms: rounded((times[(steps - 1) >> 1] + times[steps >> 1]) / 2),
    best_ms: rounded(times[0]),
    compile_ms: rounded(traceMs + sessionMs),
    peak_rss_mb: Math.floor(process.resourceUsage().maxRSS / 1024),
  };
  console.log(JSON.stringify(line));
}

/** The network alone, all weights constant. */
async function samplingPass() {
  const frozen = Object.fromEntries(model.weights.map(({ name, shape }) => [name, { shape, value: base[name] }]));
  const forward = (inputs) => ({ output: dit(inputs, config, inputs.x, inputs.t, inputs.y) });
  const compiled = await engine.compile(forward, { ...batchSignature, ...frozen }, { name: "network" });
  return { trainable: 0, compiled, inputsOf: () => batchOf };
}

async function methodStep(name) {
  const { default: method } = await import(`@dit-bench/method-${name}`);
  const adapted = attach(method, model);
  const frozen = adapted.frozen.map(({ name, shape }) => [name, { shape, value: base[name] }]);
  const [fn, signature, options] = trainingStep({
    trainable: adapted.trainable,
    inputs: { ...batchSignature, target: { shape: imageShape }, ...Object.fromEntries(frozen) },
    loss(trainable, inputs) {
      const weights = { ...inputs, ...trainable };
      const output = dit(weights, config, inputs.x, inputs.t, inputs.y, adapted.call(weights));
      const noise = tf.slice(output, 0, imageShape);
      return tf.mean(tf.square(tf.sub(noise, inputs.target)));
    },
    optimizer,
    emaDecay: 0,
  });
  const { ema: _, ...withoutAverage } = signature;
  const step = (inputs) => {
    const { ema: _, ...outputs } = fn({ ...inputs, ema: inputs.weights });
    return outputs;
  };
  const compiled = await engine.compile(step, withoutAverage, {
    ...options,
    state: options.state.filter((name) => name !== "ema"),
  });
  const { ema: __, ...state } = initialState(adapted.trainable, adapted.initial(base, 0));
  await compiled.setState(state);
  const inputsOf = (k) => ({
    ...batchOf,
    target,
    ...Object.fromEntries(Object.entries(adamwCoefficients(k, optimizer)).map(([c, v]) => [`adamw.${c}`, v])),
  });
  return { trainable: adapted.parameters, compiled, inputsOf };
}

function draw(name, shape, std = 1) {
  return normals(0, name, 0, size(shape)).map((z) => std * z);
}

function rounded(ms) {
  return Math.round(10 * ms) / 10;
}
