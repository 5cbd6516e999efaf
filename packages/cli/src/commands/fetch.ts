// bench fetch: weights and datasets by name.

import { FetchError, shownBytes } from "@dit-bench/fetch";
import {
  type Fetchable,
  type Fetched,
  type FetchPlan,
  fetchable,
  fetchables,
  fetchOne,
  homeFolder,
  planFetch,
} from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import { aligned, hanging } from "../columns.ts";
import type { FetchOptions } from "../declarations/fetch.ts";
import { print, printJson, printNote } from "../print.ts";
import { progress, stderrTerminal } from "../progress.ts";
import { listenForSignals } from "../signals.ts";

export async function fetch(names: readonly string[], options: FetchOptions): Promise<void> {
  const env = { ...process.env, ...(options.to ? { DIT_BENCH_HOME: options.to } : {}) };
  const wanted = [...new Set(names)].map(fetchable);
  const data = (value: unknown) => printJson(value);
  if (wanted.length === 0) {
    const plans = await Promise.all(fetchables().map((what) => planFetch(what, env)));
    if (options.json) data(plans);
    else print(listed(plans, homeFolder(env)));
    return;
  }
  if (options.dryRun) {
    const plans = await Promise.all(wanted.map((what) => planFetch(what, env)));
    if (options.json) data(plans);
    else print(planned(plans));
    return;
  }
  const { fetched, failures } = await fetchAll(wanted, env);
  if (options.json) data({ fetched, failed: failures.map(({ name, error }) => ({ name, error: error.message })) });
  if (options.to && fetched.length > 0)
    printNote(`set DIT_BENCH_HOME=${options.to} so that other commands find them there\n`);
  const [first] = failures;
  if (first === undefined) return;
  if (wanted.length === 1) throw first.error;
  process.exitCode = exitCodes.someCellsFailed;
}

async function fetchAll(wanted: readonly Fetchable[], env: Record<string, string | undefined>) {
  const stopping = listenForSignals();
  const listener = progress(stderrTerminal(), stopping);
  const abort = new AbortController();
  const poll = setInterval(() => stopping() && abort.abort(), 50);
  const fetched: Fetched[] = [];
  const failures: { name: string; error: Error }[] = [];
  try {
    for (const what of wanted) {
      try {
        const done = await fetchOne(what, { env, listener, signal: abort.signal });
        fetched.push(done);
        listener.clear();
        if (done.already) listener.note?.(`${done.name} was here before; nothing was done`);
        for (const surprise of done.surprises) listener.note?.(`warning: ${done.name}: ${surprise}`);
        print(`${done.name}  ${done.path}\n`);
      } catch (error) {
        listener.clear();
        if (error instanceof FetchError && (error.kind === "interrupted" || error.kind === "disk-full")) throw error;
        failures.push({ name: what.name, error: error as Error });
        if (wanted.length > 1) printNote(`bench: error: ${what.name}: ${(error as Error).message}\n`);
      }
    }
  } finally {
    clearInterval(poll);
    listener.clear();
  }
  return { fetched, failures };
}

/** Of all that would be fetched. */
export function sizeOf({ files }: FetchPlan): string {
  const known = files.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
  const unknown = files.some(({ bytes }) => bytes === null);
  if (known === 0) return "size not known";
  return unknown ? `over ${shownBytes(known)}` : shownBytes(known);
}

function stateOf(plan: FetchPlan): string {
  if (plan.here) return "yes";
  if (plan.misplaced) return "another file";
  const part = plan.files.reduce((total, { hereBytes }) => total + hereBytes, 0);
  if (part > 0) return `${shownBytes(part)} of it`;
  return plan.files.some(({ gone }) => gone) ? "no, host gone" : "no";
}

function listed(plans: readonly FetchPlan[], home: string): string {
  const rows = [
    ["name", "kind", "size", "here", "what"],
    ...plans.map((p) => [p.name, p.kind, sizeOf(p), stateOf(p), p.title]),
  ];
  return [
    ...aligned(rows, new Set([2])),
    "",
    `kept in ${home}`,
    "bench fetch NAME brings one; --dry-run says what that takes, and where it lies",
    ...(plans.some((plan) => stateOf(plan) === "no, host gone")
      ? ["host gone: docs/datasets.md says how to bring such a dataset"]
      : []),
    "",
  ].join("\n");
}

function planned(plans: readonly FetchPlan[]): string {
  const lines = plans.flatMap((plan) => {
    if (plan.here) return [`${plan.name}: is here, ${plan.path}`, ""];
    const rows = plan.files.map(({ file, bytes, hereBytes }) => {
      const part = hereBytes === 0 ? "" : hereBytes === bytes ? "is here" : `${shownBytes(hereBytes)} are here`;
      return [`  ${file}`, bytes === null ? "size not known" : shownBytes(bytes), part];
    });
    const gone = plan.files
      .filter(({ gone, bytes, hereBytes }) => gone && hereBytes !== bytes)
      .flatMap(({ file, gone }) =>
        hanging(
          "  ",
          `${file} can hardly be fetched, ${gone}: put it into ${plan.downloads} yourself (docs/datasets.md)`,
        ),
      );
    return [
      `${plan.name}: ${plan.title}, into ${plan.path}`,
      ...hanging("  licence: ", plan.licence),
      ...aligned(rows, new Set([1])),
      ...(plan.misplaced ? hanging("  ", plan.misplaced) : []),
      ...gone,
      "",
    ];
  });
  const fetch = plans.reduce((total, p) => total + p.bytesToFetch, 0);
  const disk = plans.reduce((total, p) => total + p.diskNeeded, 0);
  const free = Math.min(...plans.map((p) => p.diskFree));
  const unknown = plans.some((p) => !p.here && p.files.some(({ bytes }) => bytes === null));
  lines.push(
    `to fetch ${shownBytes(fetch)}${unknown ? " and files of unknown size" : ""}; disk needed ${shownBytes(disk)}, free ${shownBytes(free)}${disk > free ? ": NOT ENOUGH" : ""}`,
  );
  return `${lines.join("\n")}\n`;
}
