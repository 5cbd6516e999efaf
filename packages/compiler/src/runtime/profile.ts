// Reads the profiles that ONNX Runtime writes.

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** One node in one run, as the runtime profiled it. */
export interface ProfiledNode {
  readonly name: string;
  readonly op: string;
  /** The runtime's name of the provider that ran it: `CPUExecutionProvider`, `WebGpuExecutionProvider`, … */
  readonly provider: string;
  /** Shapes of the inputs: `256x1152, 1152x4608`. */
  readonly shapes: string;
  readonly microseconds: number;
}

/**
 * The nodes of all profiles whose path starts with `prefix`, the `profile` option of `compile`. The runtime writes a
 * profile when the compiled function is disposed of. Throws if there is none.
 */
export function readProfile(prefix: string): ProfiledNode[] {
  const files = readdirSync(dirname(prefix)).filter((file) => file.startsWith(basename(prefix)));
  if (files.length === 0)
    throw new Error(`profile: no file starts with ${prefix}: dispose of the compiled function first`);
  return files.flatMap((file) => {
    const events = JSON.parse(readFileSync(join(dirname(prefix), file), "utf8")) as Event[];
    return events.flatMap(({ cat, name, dur, args }) =>
      cat === "Node" && args?.provider && args.op_name
        ? [
            {
              name: name.replace(/_kernel_time$/, ""),
              op: args.op_name,
              provider: args.provider,
              shapes: shapesOf(args.input_type_shape),
              microseconds: dur,
            },
          ]
        : [],
    );
  });
}

/** Each input is an object of one entry: `{ float: [256, 1152] }`. */
function shapesOf(inputs: readonly Record<string, readonly number[]>[] = []): string {
  return inputs.map((input) => Object.values(input)[0]!.join("x")).join(", ");
}

/** The fields that are read of an event in the runtime's JSON. `dur` is in microseconds. */
interface Event {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: {
    readonly provider?: string;
    readonly op_name?: string;
    readonly input_type_shape?: readonly Record<string, readonly number[]>[];
  };
}
