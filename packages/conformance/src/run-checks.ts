// Runs the whole suite on a method, outside of a test runner, and describes each result.

import * as tf from "@dit-bench/tfjs";
import type { Check } from "./check.ts";
import { checks } from "./checks.ts";
import type { Case } from "./subject.ts";

/** What a check found. */
export interface CheckResult {
  readonly check: Check;
  readonly passed: boolean;
  readonly seconds: number;
  /** What was found, if the method did not pass. */
  readonly problem?: string;
  /** The name of the earlier check that found the same problem. */
  readonly sameAs?: string;
  /** What the check could not try. */
  readonly note?: string;
}

/** Gets the progress of the suite. */
export interface CheckListener {
  /** A check starts, or has done a part of its work. */
  progress?(check: Check, done: number, total: number): void;
  /** A check ends. */
  ended?(result: CheckResult): void;
}

/** Runs every check, also after one has failed. @param listener called while the checks run */
export async function runChecks(c: Case, listener: CheckListener = {}): Promise<CheckResult[]> {
  tf.enableProdMode(); // without it, the eager backend prints advice to install another one
  const results: CheckResult[] = [];
  for (const check of checks) {
    listener.progress?.(check, 0, 1);
    const start = performance.now();
    const { problem, note } = await outcomeOf(check, c, listener);
    const sameAs = results.find((earlier) => problem !== undefined && earlier.problem === problem)?.check.name;
    const result = {
      check,
      passed: problem === undefined,
      seconds: (performance.now() - start) / 1e3,
      ...(problem === undefined ? {} : { problem }),
      ...(sameAs === undefined ? {} : { sameAs }),
      ...(note === undefined ? {} : { note }),
    };
    results.push(result);
    listener.ended?.(result);
  }
  return results;
}

async function outcomeOf(check: Check, c: Case, listener: CheckListener): Promise<{ problem?: string; note?: string }> {
  const notes: string[] = [];
  try {
    await check.run(c, {
      progress: (done, total) => listener.progress?.(check, done, total),
      note: (text) => notes.push(text),
    });
  } catch (error) {
    return { problem: describeProblem(error) };
  }
  return notes.length > 0 ? { note: notes.join("; ") } : {};
}

function describeProblem(error: unknown): string {
  const message = error instanceof Error ? error.message.trim() || error.name : `it threw ${String(error)}`;
  return /tensor is disposed/i.test(message)
    ? `${message.replace(/\.$/, "")}: a tensor of an earlier call is used again; keep no tensor outside of forward`
    : message;
}
