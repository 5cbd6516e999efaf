// Python code in model cards.

import type { DitConfig } from "@dit-bench/dit";

/** A fenced block of code. */
export const python = (...lines: readonly string[]): string => ["", "```python", ...lines, "```", ""].join("\n");

/** Lines that make the model of facebookresearch/DiT with this configuration. Its `models.py` defines DiT. */
export const officialModel = ({
  inputSize,
  patchSize,
  channels,
  width,
  depth,
  heads,
  mlpRatio,
  classes,
}: DitConfig): string[] => [
  "from models import DiT",
  "",
  `model = DiT(input_size=${inputSize}, patch_size=${patchSize}, in_channels=${channels}, hidden_size=${width},`,
  `            depth=${depth}, num_heads=${heads}, mlp_ratio=${mlpRatio}, num_classes=${classes})`,
];
