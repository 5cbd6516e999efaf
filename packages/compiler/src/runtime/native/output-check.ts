// Finds outputs that a run has not written although the runtime reports success. Runs on OpenVINO have ended early in
// this way (docs/log.md, 2026-11-29): the outputs keep their old content, and the step would seem to have worked.

import type { Data } from "../../graph/types.ts";

/** A NaN that no computation gives: those have other payloads. */
const MARK = 0x7fc0d17b;

export interface OutputCheck {
  /** Marks the arrays; call it before a run that writes them. */
  mark(): void;
  /** Throws if a mark is still there. Arrays of integers have none, since any value may be a result. */
  requireWritten(): void;
}

/**
 * @param arrays outputs; the first element of each is marked
 * @param who function and engine, for the message
 */
export function outputCheck(arrays: readonly Data[], who: string): OutputCheck {
  const marks = arrays.filter((array) => array.length > 0).flatMap(upperHalf);
  return {
    mark() {
      for (const bits of marks) bits[0] = MARK;
    },
    requireWritten() {
      if (marks.some((bits) => bits[0] === MARK))
        throw new Error(
          `${who}: ONNX Runtime reported success, but did not write all outputs; run it again, ` +
            "and use another engine if this comes back",
        );
    },
  };
}

/** The 32 bits of the first element that decide whether it is a NaN. */
function upperHalf(array: Data): Uint32Array[] {
  if (array instanceof Float32Array) return [new Uint32Array(array.buffer, array.byteOffset, 1)];
  if (array instanceof Float64Array) return [new Uint32Array(array.buffer, array.byteOffset + 4, 1)]; // little-endian
  return [];
}
