// A DiT's output for given inputs, for comparison with other programs.
//
// N = inputs, C = channels, O = output channels, S = side

import type { Engine } from "@dit-bench/compiler";
import { dit, ditModel, outputChannels } from "@dit-bench/dit";
import type { Tensor } from "@dit-bench/tfjs";
import type { StoredTensor } from "@dit-bench/weights";
import { BenchError } from "../errors.ts";
import type { Listener } from "../events.ts";
import type { DitCheckpoint } from "../recipe/dit-checkpoint.ts";

export interface Prediction {
  /** [N, O, S, S] */
  readonly shape: readonly number[];
  readonly out: Float32Array;
  /** Seconds until the first output, loading and compiling included; and the least seconds of a further batch. */
  readonly firstSeconds: number;
  readonly batchSeconds: number | null;
}

/** Maximum batch size. */
const MOST_INPUTS = 8;

/**
 * @param inputs `x` [N, C, S, S] float32; `t` [N] of any number type, fractions allowed; `y` [N] integers from 0 to the
 * null class
 * @param source name of the inputs in error messages
 * @throws BenchError (data) if an input is missing, or has a wrong shape, type or value
 */
export async function predict(
  checkpoint: DitCheckpoint,
  inputs: ReadonlyMap<string, StoredTensor>,
  { engine, source, listener }: { engine: Engine; source: string; listener?: Listener },
): Promise<Prediction> {
  const start = performance.now();
  const { config } = checkpoint;
  const { channels: C, inputSize: S, classes } = config;
  const lastLabel = checkpoint.nullClass ? classes : classes - 1;
  const [x, t, y] = ["x", "t", "y"].map((name) => {
    const tensor = inputs.get(name);
    if (!tensor)
      throw inputError(source, `it has no tensor '${name}'; wanted x [N, ${C}, ${S}, ${S}], t [N] and y [N]`);
    return tensor;
  }) as [StoredTensor, StoredTensor, StoredTensor];
  const N = x.shape[0] ?? 0;
  if (x.type !== "F32" || x.shape.join() !== [N, C, S, S].join() || N === 0)
    throw inputError(source, `'x' is ${x.type} [${x.shape}]; this model wants F32 [N, ${C}, ${S}, ${S}], N at least 1`);
  const times = numbers(source, "t", t, N);
  const labels = numbers(source, "y", y, N);
  const badLabel = labels.find((label) => !(Number.isInteger(label) && label >= 0 && label <= lastLabel));
  if (badLabel !== undefined)
    throw inputError(
      source,
      `'y' has ${badLabel}; wanted whole numbers from 0 to ${lastLabel}` +
        `${checkpoint.nullClass ? ", which is the null class" : ""}`,
    );

  const batch = Math.min(N, MOST_INPUTS);
  const weights = ditModel(config).weights;
  const values = checkpoint.read();
  listener?.stage?.(
    "predict",
    `${N} inputs of ${config.name}: width ${config.width}, ${config.depth} blocks, ${config.heads} heads`,
  );
  const compiled = await engine.compile(
    (given) => {
      const w = Object.fromEntries(weights.map(({ name }) => [name, given[`w.${name}`]!]));
      return { out: dit(w, config, given.x as Tensor, given.t as Tensor, given.y as Tensor) };
    },
    {
      ...Object.fromEntries(weights.map(({ name, shape }) => [`w.${name}`, { shape, value: values[name]! }])),
      x: { shape: [batch, C, S, S] },
      t: { shape: [batch] },
      y: { shape: [batch], dtype: "int32" },
    },
    { name: config.name },
  );
  const row = C * S * S;
  const outRow = outputChannels(config) * S * S;
  const out = new Float32Array(N * outRow);
  const seconds: number[] = [];
  try {
    for (let first = 0; first < N; first += batch) {
      // The last batch is padded with repeated inputs, which are dropped afterwards.
      const rows = Array.from({ length: batch }, (_, i) => (first + i) % N);
      const x_BCSS = new Float32Array(batch * row);
      rows.forEach((n, i) => {
        x_BCSS.set((x.data as Float32Array).subarray(n * row, (n + 1) * row), i * row);
      });
      const before = performance.now();
      const { out: part } = await compiled.run({
        x: x_BCSS,
        t: Float32Array.from(rows, (n) => times[n]!),
        y: Int32Array.from(rows, (n) => labels[n]!),
      });
      seconds.push((performance.now() - (first === 0 ? start : before)) / 1e3);
      const kept = Math.min(batch, N - first);
      out.set((part as Float32Array).subarray(0, kept * outRow), first * outRow);
      listener?.progress?.(first + kept, N);
    }
  } finally {
    await compiled.dispose();
  }
  const [firstSeconds, ...others] = seconds as [number, ...number[]];
  return {
    shape: [N, outputChannels(config), S, S],
    out,
    firstSeconds,
    batchSeconds: others.length > 0 ? Math.min(...others) : null,
  };
}

/** One number per input, of any type. Conversion to float32 is exact for timesteps and labels. */
function numbers(source: string, name: string, { type, shape, data }: StoredTensor, N: number): number[] {
  if (shape.join() !== String(N) || !["F32", "F64", "I64", "I32"].includes(type))
    throw inputError(source, `'${name}' is ${type} [${shape}]; wanted [${N}] of I64 or F32`);
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

const inputError = (source: string, what: string) => new BenchError("data", `${source}: ${what}`);
