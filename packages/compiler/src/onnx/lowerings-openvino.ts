// Lowerings for OpenVINO's provider, which takes standard ops and few of the runtime's own: any other would divide the
// graph.

import type { Lowerings } from "./lowering.ts";
import { lowerings, transposedMatMul } from "./lowerings.ts";

export const openvinoLowerings: Partial<Lowerings> = {
  Gelu: (e, n) => e.add(n.name, "Gelu", [e.name(n.inputs[0]!)], [e.name(n.outputs[0]!)], { approximate: "tanh" }),
  /**
   * OpenVINO keeps one packed copy of a square constant, also where one MatMul takes it transposed and another does
   * not: the second is then wrong (docs/log.md, 2026-11-28). A transpose of its own is folded into a second constant.
   */
  MatMul: (e, n) => {
    const takesConstant = n.inputs.some(({ source }) => source.kind === "constant");
    if (takesConstant) transposedMatMul(e, n);
    else lowerings.MatMul(e, n);
  },
};
