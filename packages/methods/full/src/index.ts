// Full fine-tuning: Peebles & Xie 2022, https://arxiv.org/abs/2212.09748, trained further on the new data.

import { defineMethod, z } from "@dit-bench/method";

/** Every weight trains, except the fixed positions. Tables compare the other methods with it. */
export default defineMethod({
  name: "full",
  label: () => "Full",
  source: "Peebles & Xie 2022, https://arxiv.org/abs/2212.09748 (its training, continued)",
  options: z.strictObject({}),
  learningRate: 1e-4,
  promises: { parameters: [{ model: "DiT-XL/2", classes: 101, count: 673_799_072 }] },
  adapt: () => ({ train: ["**"] }),
});
