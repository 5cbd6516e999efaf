// BitFit: Ben Zaken et al. 2021, https://arxiv.org/abs/2106.10199.

import { defineMethod, z } from "@dit-bench/method";

/** The biases train. */
export default defineMethod({
  name: "bitfit",
  label: () => "BitFit",
  source: "Ben Zaken et al. 2021, https://arxiv.org/abs/2106.10199",
  options: z.strictObject({}),
  learningRate: 1e-3,
  promises: { parameters: [{ model: "DiT-XL/2", classes: 101, count: 607_136 }] },
  adapt: () => ({ train: ["**.bias"] }),
});
