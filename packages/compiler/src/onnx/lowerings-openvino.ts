// Lowerings for OpenVINO's provider, which takes standard ops only: an op of the runtime's own would divide the graph.

import type { Lowerings } from "./lowering.ts";

export const openvinoLowerings: Partial<Lowerings> = {
  Gelu: (e, n) => e.add(n.name, "Gelu", [e.name(n.inputs[0]!)], [e.name(n.outputs[0]!)], { approximate: "tanh" }),
};
