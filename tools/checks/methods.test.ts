// Tests that docs/methods.md has every built-in method, with its number of parameters and whether it merges.

import { ditByName, ditModel } from "@dit-bench/dit";
import { attach, parseOptions } from "@dit-bench/method";
import { loadMethods } from "@dit-bench/runner";
import { expect, it } from "vitest";
import { textOf } from "./files.ts";

it("docs/methods.md lists the built-in methods in order, with their parameters and whether they merge", async () => {
  const model = ditModel({ ...ditByName("DiT-XL/2"), classes: 101 });
  const rows = textOf("docs/methods.md")
    .split("\n")
    .filter((line) => line.startsWith("| ["))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, link, , count, merges]) => [link, count, merges]);
  const wanted = (await loadMethods()).map(({ method: { name }, method }) => {
    const { parameters, sites, merges } = attach(method, model, parseOptions(method));
    const merging = sites.length === 0 ? "–" : merges ? "yes" : "no";
    return [`[\`${name}\`](../packages/methods/${name})`, parameters.toLocaleString("en-US"), merging];
  });
  expect(rows).toEqual(wanted);
});
