// `bench check-method`: runs the conformance suite on a method, and explains each check that fails.

import { type CheckResult, checks, engines, runChecks } from "@dit-bench/conformance";
import { labelOf, parseOptions } from "@dit-bench/method";
import { BenchError, type LoadedMethod, loadMethods } from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { quantity } from "@dit-bench/text";
import type { CheckMethodOptions } from "../declarations/check-method.ts";
import { divideSettings } from "../method-settings.ts";
import { print, printJson } from "../print.ts";
import { showProgress, stderrTerminal } from "../progress.ts";
import { applyStyle } from "../style.ts";
import { hangText } from "../text-layout.ts";

/** Checks every method of a plug-in, or one built-in method. @param what a plug-in, or the name of a built-in method */
export async function checkMethod(what: string, { set, json }: CheckMethodOptions): Promise<void> {
  const loaded = await loadWanted(what);
  const chosen = loaded.map(({ method }) => method);
  const settings = divideSettings(set, chosen, chosen);
  const [ofRecipe] = settings.recipeFlags;
  if (ofRecipe !== undefined)
    throw new BenchError(
      "usage",
      `--set ${ofRecipe} is a setting of recipes, which the checks do not use; leave it out`,
    );
  const reports = [];
  for (const one of loaded) reports.push(await checkOne(one, settings.methods.get(one.method.name)!.options));
  const passed = reports.every((report) => report.passed);
  if (json) printJson({ passed, engine: engines.compiled, reference: engines.reference, methods: reports });
  process.exitCode = passed ? exitCodes.ok : exitCodes.failure; // a plug-in may have set another exit code
}

/** The built-in method of this name; else the methods of the plug-in. */
async function loadWanted(what: string): Promise<LoadedMethod[]> {
  const builtin = (await loadMethods()).filter(({ method }) => method.name === what);
  if (builtin.length > 0) return builtin;
  return (await loadMethods([what])).filter(({ method }) => method.plugin === what);
}

async function checkOne({ method, from }: LoadedMethod, options: object) {
  const title = `${labelOf(method, parseOptions(method, options))}, method '${method.name}' of ${from}`;
  print(
    `${hangText("", title).join("\n")}\n` +
      `on a small model; compiled by engine ${engines.compiled}, compared with ${engines.reference}\n\n`,
  );
  const display = showProgress(stderrTerminal(), () => false);
  display.stage?.("check", method.name);
  let endedCount = 0;
  try {
    const results = await runChecks(
      { method, options },
      {
        progress: ({ name }, done, total) =>
          display.progress?.(endedCount, checks.length, total > 1 ? `${name}: ${done} of ${total}` : name),
        ended(result) {
          endedCount++;
          display.clear();
          print(`${linesOf(result).join("\n")}\n`);
        },
      },
    );
    const failed = results.filter(({ passed }) => !passed);
    print(`\n${describeEnd(results.length, failed)}\n`);
    return {
      name: method.name,
      package: from,
      passed: failed.length === 0,
      checks: results.map(({ check, ...result }) => ({
        name: check.name,
        ...result,
        ...(result.passed ? {} : { meaning: check.meaning, advice: check.advice }),
      })),
    };
  } finally {
    display.clear();
  }
}

function describeEnd(count: number, failed: readonly CheckResult[]): string {
  if (failed.length === 0) return `all ${count} checks passed`;
  const [first] = failed;
  const start = failed.length > 1 ? `; start with the first: ${first!.check.name}` : "";
  return hangText("", `${failed.length} of ${quantity(count, "check")} failed${start}`).join("\n");
}

/** The lines of a check: its name, and for a check that failed what was found, what it means, and what to look at. */
function linesOf({ check, passed, problem, sameAs, note }: CheckResult): string[] {
  const indent = " ".repeat("failed  ".length);
  const mark = passed ? applyStyle("green", "passed", process.stdout) : applyStyle("red", "failed", process.stdout);
  const head = `${mark}  ${check.name}`;
  if (passed) return note === undefined ? [head] : [head, ...hangText(`${indent}note: `, note)];
  if (sameAs !== undefined) return [head, ...hangText(`${indent}found: `, `the same as '${sameAs}'`)];
  return [
    head,
    ...hangText(`${indent}found: `, problem!),
    ...hangText(`${indent}means: `, check.meaning),
    ...hangText(`${indent}look at: `, check.advice),
  ];
}
