import { ditByName, ditModel } from "@dit-bench/dit";
import { attach, type Method } from "@dit-bench/method";

/** Trainable parameters on a published configuration, class embedding included, without allocating its weights. */
// biome-ignore lint/suspicious/noExplicitAny: a method of any options
export function parametersOn(method: Method<any>, options: object = {}, model = "DiT-XL/2", classes = 101): number {
  return attach(method, ditModel(ditByName(model, { classes })), options).parameters;
}
