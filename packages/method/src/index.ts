// The contract: a fine-tuning method imports from here, and from nowhere else in this project.

export { linear } from "@dit-bench/ops";
export * as tf from "@dit-bench/tfjs";
export { z } from "zod";
export { type Affine, applyPending, asPending, composeAffine, type Pending } from "./affine.ts";
export { type Adapted, attach, type Call, callModule } from "./attach.ts";
export { checkMethod, nameProblem } from "./check-method.ts";
export { describe as describeValue, MethodError, nameOf } from "./error.ts";
export { glob } from "./glob.ts";
export { constant, type Init, type InitContext, kaiming, normal, ones, uniform, zeros } from "./init.ts";
export {
  type Adaptation,
  type AnyMethod,
  defineMethod,
  type Graft,
  graft,
  type Method,
  type Promises,
  type PublishedCount,
} from "./method.ts";
export { type Model, type Module, size, type Values, type WeightInfo, type Weights } from "./model.ts";
export { defaultOptions, describeOptions, labelOf, parseOptions } from "./options.ts";
export { requireKind } from "./require-kind.ts";
export type { Linear } from "./sites.ts";
