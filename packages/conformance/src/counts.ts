import { ditByName, ditModel } from "@dit-bench/dit";
import { type AnyMethod, attach } from "@dit-bench/method";

/** Trainable parameters on a published configuration, class embedding included, without allocating its weights. */
export function parametersOn(method: AnyMethod, options: object = {}, model = "DiT-XL/2", classes = 101): number {
  return attach(method, ditModel(ditByName(model, { classes })), options).parameters;
}
