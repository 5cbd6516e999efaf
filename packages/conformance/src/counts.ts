// Counts the trainable parameters of methods on published models.

import { ditByName, ditModel } from "@dit-bench/dit";
import { type AnyMethod, attach } from "@dit-bench/method";

/** Number of trainable parameters on a published configuration, class embedding included. Allocates no weights. */
export function parametersOn(method: AnyMethod, options: object = {}, model = "DiT-XL/2", classes = 101): number {
  return attach(method, ditModel(ditByName(model, { classes })), options).parameters;
}
