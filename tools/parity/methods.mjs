// The six methods' outputs, losses and gradients against plain PyTorch, by compiled functions.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createEngine } from "@dit-bench/compiler";
import { dit, ditModel } from "@dit-bench/dit";
import { attach } from "@dit-bench/method";
import { loadMethod } from "@dit-bench/runner";
import { readSafetensors } from "@dit-bench/weights";
import * as tf from "@tensorflow/tfjs";
import { furthest, relative, tensorsOf, top } from "./compare.mjs";

export const name = "methods";

/** The model of tools/torch/dit.py. */
const config = {
  name: "reference",
  inputSize: 8,
  patchSize: 4,
  channels: 2,
  width: 16,
  depth: 6,
  heads: 2,
  mlpRatio: 4,
  classes: 3,
  learnSigma: true,
};

export async function* measure({ python, folder, size }) {
  if (size !== "tiny") return; // DiffFit at the true size is the part difffit-step
  const place = join(folder, "methods");
  execFileSync(python, [join(top, "tools/torch/methods.py"), place], { stdio: ["ignore", "ignore", "inherit"] });
  const base = tensorsOf(join(place, "base.safetensors"));
  const engine = await createEngine("cpu");
  for (const file of ["full", "bitfit", "lora-r8", "lora-r16", "adaptformer", "adaptformer-seq", "vpt", "difffit"]) {
    const path = join(place, `${file}.safetensors`);
    const theirs = tensorsOf(path);
    const { method: name, options } = JSON.parse(readSafetensors(path).metadata.about);
    const { method } = await loadMethod(name);
    const adapted = attach(method, ditModel(config), options);
    const names = adapted.trainable.map(({ name }) => name);
    const start = (name) => (theirs.names.includes(`w.${name}`) ? theirs : base)(`w.${name}`);
    const compiled = await engine.compile(
      (given) => {
        const run = (...trained) => {
          const w = { ...given, ...Object.fromEntries(names.map((name, i) => [name, trained[i]])) };
          return dit(w, config, given.x, given.t, given.y, adapted.call(w));
        };
        const loss = (...trained) => tf.mean(tf.square(tf.sub(run(...trained), given.target)));
        const given_ = names.map((name) => given[name]);
        const { value, grads } = tf.valueAndGrads(loss)(given_);
        const gradients = Object.fromEntries(names.map((name, i) => [`d ${name}`, grads[i]]));
        return { output: run(...given_), loss: value, ...gradients };
      },
      {
        ...Object.fromEntries(adapted.trainable.map(({ name, shape }) => [name, { shape }])),
        ...Object.fromEntries(adapted.frozen.map(({ name, shape }) => [name, { shape, value: base(`w.${name}`) }])),
        ...Object.fromEntries(["x", "t", "target"].map((name) => [name, { shape: base.shape(name) }])),
        y: { shape: base.shape("y"), dtype: "int32" },
      },
    );
    const inputs = Object.fromEntries(["x", "t", "target"].map((name) => [name, base(name)]));
    const got = await compiled.run({
      ...inputs,
      y: Int32Array.from(base("y")),
      ...Object.fromEntries(names.map((name) => [name, start(name)])),
    });
    await compiled.dispose();
    // Without the keys' rows of a qkv bias (their true gradient is 0) and the layer that takes the timestep's frequencies, whose last bit counts 999 times.
    const gradients = names
      .filter((name) => name !== "t_embedder.mlp.0.weight")
      .map((name) => relative(clear(name, got[`d ${name}`]), clear(name, theirs(`grad.${name}`))));
    const label = method.label(adapted.options);
    const row = (what, worst) => ({ part: `${label}, ${what}`, size: "width 16, 6 blocks", worst, tolerance: 1e-5 });
    yield row("output", furthest(got.output, theirs("output")));
    yield row("loss and gradients, relative", Math.max(relative(got.loss, theirs("loss")), ...gradients));
  }
}

function clear(name, values) {
  const D = config.width;
  return Array.from(values).filter((_, i) => !(name.endsWith("attn.qkv.bias") && i >= D && i < 2 * D));
}
