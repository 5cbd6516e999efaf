// The commands and flags of `bench`, written down a second time so that none appears, disappears or changes its form
// unnoticed.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { program } from "./main.ts";
import { allCommands, pathOf } from "./parser/add-command.ts";

describe("the command line", () => {
  it("has the commands and flags of commands-and-flags.txt and no others", async () => {
    const lines = allCommands(program()).flatMap((command) => [
      [pathOf(command), ...command.registeredArguments.map((a) => (a.variadic ? `[${a.name()}...]` : `<${a.name()}>`))],
      ...command.options.map(({ flags }) => [`  ${flags}`]),
    ]);
    const text = lines.map((parts) => `${parts.join(" ")}\n`).join("");
    await expect(text).toMatchFileSnapshot("commands-and-flags.txt"); // after a wanted change: npx vitest -u
  });
});

describe("the sources of commands", () => {
  it("print through print.ts, which escapes control characters", () => {
    const folder = fileURLToPath(new URL("commands/", import.meta.url));
    const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files)
      expect(readFileSync(folder + file, "utf8"), file).not.toMatch(/std(out|err)\.write|console\./);
  });
});
