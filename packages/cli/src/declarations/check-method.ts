// The arguments and flags of `bench check-method`.

import { argument, declare, type OptionsOf, texts } from "../parser/flag.ts";
import { json } from "./shared.ts";

export const checkMethod = declare({
  about: "check a method against the contract, on a small model, and explain what fails",
  arguments: {
    method: argument("a package, folder or file with a method of your own, or the name of a built-in method"),
  },
  flags: {
    set: texts("key=value", "an option of the method, such as rank=16"),
    json,
  },
  notes: [
    "The exit code is 0 if all checks pass, and 1 if one fails. The checks are those of @dit-bench/conformance; " +
      "docs/writing-a-method.md explains the contract.",
  ],
});

export type CheckMethodOptions = OptionsOf<typeof checkMethod.flags>;
