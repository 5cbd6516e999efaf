// PyTorch's checkpoints and diffusers' shards, read; the numbers against those that PyTorch wrote as safetensors beside them.

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openCheckpoint } from "@dit-bench/weights";
import { top } from "./compare.mjs";

export const name = "checkpoints";

export async function* measure({ python, folder, size }) {
  if (size !== "tiny") return; // what is large about a checkpoint is the part dit's
  const place = join(folder, "checkpoints");
  execFileSync(python, [join(top, "tools/torch/checkpoints.py"), place], { stdio: ["ignore", "ignore", "pipe"] });
  const weights = join(place, "weights");
  const expected = await openCheckpoint(join(weights, "numbers.safetensors"));
  const types = new Set([...expected.tensors.values()].map(({ type }) => type));
  const files = readdirSync(weights).filter((file) => /^(numbers|protocol-[1-5])-(zip|legacy)\.pt$/.test(file));
  for (const kind of ["zip", "legacy"]) {
    let tensors = 0;
    let wrong = 0;
    for (const file of files.filter((file) => file.includes(kind))) {
      const checkpoint = await openCheckpoint(join(weights, file));
      for (const name of checkpoint.tensors.keys()) {
        tensors++;
        if (!sameBytes(checkpoint.read(name), expected.read(name))) wrong++;
      }
    }
    yield row(`${kind}, protocols 1 to 5, ${types.size} number types`, tensors, wrong);
  }
  const whole = await openCheckpoint(join(place, "dit", "whole"));
  const shards = await openCheckpoint(join(place, "dit", "shards"));
  const names = [...whole.tensors.keys()];
  const wrong = names.filter((name) => {
    const [a, b] = [shards.float32(name), whole.float32(name)];
    return a.some((v, i) => Math.abs(v - b[i]) > Math.abs(b[i]) * 2 ** -11 + 2 ** -25); // float16 rounds so far
  });
  yield row("diffusers' folder in float16 shards, within its rounding", names.length, wrong.length);
}

const row = (part, tensors, wrong) => ({
  part: `Checkpoints, ${part}`,
  size: `${tensors} tensors`,
  worst: wrong,
  tolerance: 0,
  unit: "wrong",
});

const sameBytes = (a, b) =>
  a.type === b.type && a.shape.join() === b.shape.join() && Buffer.compare(bytes(a.data), bytes(b.data)) === 0;

const bytes = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);
