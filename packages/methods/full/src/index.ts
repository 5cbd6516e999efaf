import { defineMethod, z } from "@dit-bench/method";

/** Full fine-tuning: every weight trains. The ceiling that the others are held against. */
export default defineMethod({
  name: "full",
  label: () => "Full",
  source: "Peebles & Xie 2022, https://arxiv.org/abs/2212.09748 (its training, continued)",
  options: z.strictObject({}),
  learningRate: 1e-4,
  adapt: () => ({ train: ["**"] }),
});
