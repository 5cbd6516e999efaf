// The samplers, one line each; a recipe's `sampling.sampler` is the name of an export.

export { ddim } from "./ddim.ts";
export { ddpm } from "./ddpm.ts";
