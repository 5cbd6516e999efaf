// The arguments of `bench new-method`.

import { argument, declare } from "../parser/flag.ts";

export const newMethod = declare({
  about: "make a folder with a complete method to change: source, test, package.json, README",
  arguments: { name: argument("name of the method and of the new folder: lower-case letters, digits and hyphens") },
  flags: {},
  notes: ["The method runs as it stands, with --plugin ./NAME, and passes 'bench check-method ./NAME'."],
});
