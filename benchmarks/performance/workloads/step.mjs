// A training step of one method, or one step of sampling, of a DiT of the given shape: the runner's own functions, compiled.
//
// The work: patches of 2 over 4 channels, 101 classes, random weights and batch. Training: the diffusion loss, gradients of all that the method
// trains, AdamW; without the moving average, which a run keeps besides. Sampling: the network and the DDIM update, without guidance.

import { adamwCoefficients, linearSchedule, stepCoefficients, trainingCoefficients } from "@dit-bench/diffusion";
import { ditModel } from "@dit-bench/dit";
import { attach, size } from "@dit-bench/method";
import { integers, normals } from "@dit-bench/random";
import { denoisingStep, initialState, microBatches, samplerStep, trainingStep } from "@dit-bench/runner/parts";
import { CHANNELS, PATCH } from "../flops.mjs";

const CLASSES = 101;
const optimizer = { lr: 1e-4, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 };
const schedule = linearSchedule();

export function configOf({ width, depth, heads, tokens }) {
  const side = Math.sqrt(tokens);
  if (!Number.isInteger(side)) throw new Error(`tokens is ${tokens}, wanted a square number such as 64 or 256`);
  const rest = { patchSize: PATCH, channels: CHANNELS, mlpRatio: 4, classes: CLASSES, learnSigma: true };
  return { name: `DiT ${width} × ${depth}`, inputSize: PATCH * side, width, depth, heads, ...rest };
}

export async function prepare({ method, shape }, engine) {
  const config = configOf(shape);
  const model = ditModel(config);
  const base = Object.fromEntries(model.weights.map(({ name, shape }) => [name, draw(name, shape, 0.02)]));
  if (method === "sample") return samplingStep(config, model, base, shape.batch, engine);
  const { default: methodPackage } = await import(`@dit-bench/method-${method}`);
  const adapted = attach(methodPackage, model);
  const [fn, signature, options] = methodStep(adapted, config, base, shape.batch, engine);
  const compiled = await engine.compile(fn, signature, options);
  const { ema: _, ...state } = initialState(adapted.trainable, adapted.initial(base, 0));
  for (const name of Object.keys(state)) {
    await compiled.setState({ [name]: state[name] });
    delete state[name]; // or the largest would not fit twice
  }
  const batch = batchOf(config, shape.batch);
  let k = 0;
  return {
    about: { trainable: adapted.parameters, ...compileTimes(compiled) },
    run() {
      const coefficients = Object.entries(adamwCoefficients(++k, optimizer)).map(([c, v]) => [`adamw.${c}`, v]);
      return compiled.run({ ...batch, ...Object.fromEntries(coefficients) });
    },
  };
}

/** The runner's training step without its moving average, for `engine.compile`. */
export function methodStep(adapted, config, base, N, engine) {
  const parts = engine && engine.adapter === undefined ? microBatches(config, adapted.parameters, N) : 1;
  const [fn, signature, options] = trainingStep(
    denoisingStep(adapted, config, base, N, { optimizer, emaDecay: 0, parts }),
  );
  const { ema: _, ...withoutAverage } = signature;
  const step = (inputs) => {
    const { ema: _, ...outputs } = fn({ ...inputs, ema: inputs.weights });
    return outputs;
  };
  return [step, withoutAverage, { ...options, state: options.state.filter((name) => name !== "ema") }];
}

async function samplingStep(config, model, base, N, engine) {
  const settings = { sampler: "ddim", guidance: 1, guidedChannels: "all", clipDenoised: true }; // clipped, x stays finite
  const compiled = await engine.compile(...samplerStep({ config, infos: model.weights, values: base }, settings, N));
  const { x0, t, y } = batchOf(config, N);
  await compiled.setState({ x: x0 });
  const coefficients = Object.entries(stepCoefficients(schedule, "ddim", 500, 1)).map(([name, v]) => [`p.${name}`, v]);
  const inputs = { t, y, ...Object.fromEntries(coefficients) };
  return {
    about: { trainable: 0, ...compileTimes(compiled) },
    async run() {
      await compiled.run(inputs);
      if (engine.adapter !== undefined) await compiled.getState("view"); // or the device would still be at it
    },
  };
}

function batchOf({ channels: C, inputSize: S, classes }, N) {
  const t = Int32Array.from(integers(0, "t", 0, N, schedule.steps));
  const coefficients = Object.entries(trainingCoefficients(schedule, t)).map(([name, v]) => [`q.${name}`, v]);
  return {
    x0: draw("x0", [N, C, S, S]),
    noise: draw("noise", [N, C, S, S]),
    t: Float32Array.from(t),
    y: Int32Array.from(integers(0, "y", 0, N, classes)),
    ...Object.fromEntries(coefficients),
  };
}

export const compileTimes = ({ report: { traceMs, sessionMs, nodes } }) => ({
  trace_ms: Math.round(traceMs),
  session_ms: Math.round(sessionMs),
  nodes,
});

/** Normal numbers; large weights repeat the same 2^20, since drawing them would take longer than a row. */
function draw(name, shape, std = 1) {
  const count = size(shape);
  const drawn = normals(0, name, 0, Math.min(count, 2 ** 20)).map((z) => std * z);
  const values = new Float32Array(count);
  for (let at = 0; at < count; at += drawn.length) values.set(drawn.subarray(0, count - at), at);
  return values;
}
