// `bench complete`: the scripts, and the completions of the real commands.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { loadMethods } from "@dit-bench/runner";
import { describe, expect, it } from "vitest";
import { benchInProcess } from "./bench-in-process.test.data.ts";
import { shells } from "./declarations/complete.ts";
import { settingKeys } from "./declarations/suggestions.ts";
import { program } from "./main.ts";
import { findTarget } from "./method-settings.ts";
import { allCommands, declarationOf, pathOf } from "./parser/add-command.ts";
import { completionsOf } from "./parser/completions.ts";
import type { Flag } from "./parser/flag.ts";

const go = (...args: string[]) => benchInProcess(args, { cwd: tmpdir() });

describe("bench complete", () => {
  it.each(shells)("prints a script for %s that asks bench for completions", async (shell) => {
    const { code, stdout, stderr } = await go("complete", shell);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/bench complete ('--'|--) /);
  });

  it("refuses a shell that it does not know", async () => {
    const { code, stderr } = await go("complete", "tcsh");
    expect(code).toBe(2);
    expect(stderr).toContain("available: bash, zsh, fish, powershell");
  });

  it("answers a script with a line for each word and one for what else to complete", async () => {
    expect((await go("complete", "--", "run", "--method", "lo")).stdout).toBe("lora\t\nlokr\t\n:4\n");
    expect((await go("complete", "--", "run", "--method", "lo", "")).stdout).toBe(":4\n");
    expect((await go("complete", "--", "run", "--out", "")).stdout).toBe(":0\n");
    expect((await go("complete", "--", "run", "--set", "lora.r")).stdout).toBe("lora.rank=\t\n:6\n");
    expect((await go("complete", "--", "list", "m")).stdout).toBe("methods\t\n:4\n");
    expect((await go("complete", "--", "li")).stdout).toMatch(/^list\tlist methods, .*\nlist-weights\t.*\n:4\n$/);
    expect((await go("complete", "--")).stdout.split("\n").length).toBeGreaterThan(15);
  });

  const bashCompletion = "/usr/share/bash-completion/bash_completion";
  it.skipIf(!existsSync(bashCompletion))("completes in bash, also if its script was loaded twice", async () => {
    const entry = fileURLToPath(new URL("../bin/bench.js", import.meta.url));
    const call = `
      source ${bashCompletion}
      bench() { "$NODE" "$ENTRY" "$@"; }
      script="$(bench complete bash)"
      eval "$script" && eval "$script" || exit 1
      compopt() { :; } # works only where the shell itself asks for completions
      COMP_LINE="bench run --method ssf --dataset fl"; COMP_POINT=\${#COMP_LINE}
      COMP_WORDS=($COMP_LINE); COMP_CWORD=5
      __bench_complete
      echo "\${COMPREPLY[*]}"
      complete -p bench`;
    const env = { ...process.env, NODE: process.execPath, ENTRY: entry };
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", call], { encoding: "utf8", env });
    expect(stderr).toBe("");
    expect(stdout).toBe("flowers\ncomplete -o default -F __bench_complete bench\n");
  });
});

describe("the completions of every flag", () => {
  const flags = allCommands(program()).flatMap((command) =>
    command.options.flatMap((option) => {
      const flag = declarationOf(option) as Flag | undefined;
      return flag?.placeholder === undefined
        ? []
        : [{ flag, line: [...pathOf(command).split(" ").slice(1), option.long!] }];
    }),
  );

  it("include its default and its choices, or files", async () => {
    expect(flags.length).toBeGreaterThan(100);
    for (const { flag, line } of flags) {
      const { words, files } = await completionsOf(program(), [...line, ""]);
      const names = words.map(({ word }) => word);
      if (flag.choices) expect(names.length, line.join(" ")).toBeGreaterThan(0);
      if (flag.choices && flag.default !== undefined) expect(names, line.join(" ")).toContain(flag.default);
      expect(files, line.join(" ")).toBe(/^(file|folder|path|package)/.test(flag.placeholder!));
    }
  });

  it("have only keys of --set that a run takes", async () => {
    const methods = (await loadMethods([])).map(({ method }) => method);
    const keys = await settingKeys();
    expect(keys).toContain("learningRate=");
    expect(keys).toContain("data.heldOut=");
    for (const key of keys) {
      expect(key).toMatch(/=$/);
      expect(() => findTarget(`--set ${key}1`, key.slice(0, -1), methods, methods), key).not.toThrow();
    }
  });
});
