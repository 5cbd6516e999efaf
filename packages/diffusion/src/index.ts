// Gaussian diffusion: noise schedule, training loss, samplers, guidance; one update of AdamW and of the moving average.

export {
  type AdamWCoefficientName,
  type AdamWOptions,
  adamw,
  adamwCoefficientNames,
  adamwCoefficients,
} from "./adamw.ts";
export type { Coefficients } from "./coefficients.ts";
export { emaUpdate } from "./ema.ts";
export { applyGuidance, type GuidedChannels } from "./guidance.ts";
export { respace } from "./respacing.ts";
export type { Sampler, StepInput } from "./samplers/sampler.ts";
export { type SamplerName, samplerNames, samplers, stepCoefficients } from "./samplers/table.ts";
export { linearSchedule, type Schedule } from "./schedule.ts";
export {
  addNoise,
  type TrainingCoefficientName,
  trainingCoefficientNames,
  trainingCoefficients,
  trainingLoss,
} from "./training.ts";
