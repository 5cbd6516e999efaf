// `bench fetch`: downloads weights, datasets and engines by name, or lists them.

import { FetchError, formatBytes } from "@dit-bench/fetch";
import { homeFolder } from "@dit-bench/files";
import {
  BenchError,
  type Fetchable,
  type Fetched,
  type FetchPlan,
  fetchable,
  fetchables,
  fetchOne,
  planFetch,
} from "@dit-bench/runner";
import { exitCodes } from "@dit-bench/runner/errors";
import type { FetchOptions } from "../declarations/fetch.ts";
import { print, printJson, printNote } from "../print.ts";
import { showProgress, stderrTerminal } from "../progress.ts";
import { listenForSignals } from "../signals.ts";
import { alignColumns, hangText } from "../text-layout.ts";

export async function fetch(names: readonly string[], options: FetchOptions): Promise<void> {
  const env = { ...process.env, ...(options.to ? { DIT_BENCH_HOME: options.to } : {}) };
  const wanted = [...new Set(names)].map(fetchable);
  const { from } = options;
  if (from !== undefined && (wanted.length !== 1 || wanted[0]!.kind !== "engine"))
    throw new BenchError(
      "usage",
      `--from '${from}' is the file of one engine, wanted 'bench fetch openvino --from ${from}'; ` +
        "files of weights and datasets go into the folder that 'bench fetch --dry-run NAME' prints",
    );
  if (wanted.length === 0 || options.dryRun) {
    const listed = wanted.length === 0 ? fetchables() : wanted;
    const plans = await Promise.all(listed.map((what) => planFetch(what, env, from)));
    if (options.json) printJson(plans);
    else print(wanted.length === 0 ? describeAll(plans, homeFolder(env)) : describePlans(plans));
    return;
  }
  const { fetched, failures } = await fetchAll(wanted, env, from);
  if (options.json) printJson({ fetched, failed: failures.map(({ name, error }) => ({ name, error: error.message })) });
  if (options.to && fetched.length > 0)
    printNote(`set DIT_BENCH_HOME=${options.to} so that other commands find them there\n`);
  const [first] = failures;
  if (first === undefined) return;
  if (wanted.length === 1) throw first.error;
  process.exitCode = exitCodes.someCellsFailed;
}

/** Downloads each one, and continues if one fails. Throws if a stop was requested or if the disk is full. */
async function fetchAll(
  wanted: readonly Fetchable[],
  env: Record<string, string | undefined>,
  from: string | undefined,
) {
  const stopping = listenForSignals();
  const listener = showProgress(stderrTerminal(), stopping);
  const abort = new AbortController();
  const poll = setInterval(() => stopping() && abort.abort(), 50);
  const fetched: Fetched[] = [];
  const failures: { name: string; error: Error }[] = [];
  try {
    for (const what of wanted) {
      try {
        const done = await fetchOne(what, { env, listener, signal: abort.signal, from });
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

/** Returns the size of all files together, such as "345 MB", or "over 1 GB" if some sizes are not known. */
export function describeSize({ files }: FetchPlan): string {
  const known = files.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
  const unknown = files.some(({ bytes }) => bytes === null);
  if (known === 0) return "size not known";
  return unknown ? `over ${formatBytes(known)}` : formatBytes(known);
}

function describeState(plan: FetchPlan): string {
  if (plan.here) return "yes";
  if (plan.unavailable) return "no, not for this platform";
  if (plan.misplaced) return plan.kind === "engine" ? "not usable" : "another file";
  const part = plan.files.reduce((total, { hereBytes }) => total + hereBytes, 0);
  if (part > 0) return `${formatBytes(part)} of it`;
  return plan.files.some(({ gone }) => gone) ? "no, host gone" : "no";
}

function describeAll(plans: readonly FetchPlan[], home: string): string {
  const rows = [
    ["name", "kind", "size", "downloaded", "title"],
    ...plans.map((p) => [p.name, p.kind, describeSize(p), describeState(p), p.title]),
  ];
  return [
    ...alignColumns(rows, new Set([2])),
    "",
    `kept in ${home}`,
    "'bench fetch NAME' downloads one; 'bench fetch --dry-run NAME' shows its files, licence and folder",
    ...(plans.some((plan) => describeState(plan) === "no, host gone")
      ? ["host gone: the dataset cannot be downloaded; docs/datasets.md describes how to add it by hand"]
      : []),
    "",
  ].join("\n");
}

function describePlans(plans: readonly FetchPlan[]): string {
  const lines = plans.flatMap((plan) => {
    if (plan.here) return [`${plan.name}: already downloaded, ${plan.path}`, ""];
    const rows = plan.files.map(({ file, bytes, hereBytes }) => {
      const part = hereBytes === 0 ? "" : hereBytes === bytes ? "is here" : `${formatBytes(hereBytes)} are here`;
      return [`  ${file}`, bytes === null ? "size not known" : formatBytes(bytes), part];
    });
    const gone = plan.files
      .filter(({ gone, bytes, hereBytes }) => gone && hereBytes !== bytes)
      .flatMap(({ file, gone }) =>
        hangText(
          "  ",
          `${file} can probably not be downloaded, ${gone}: put it into ${plan.downloads} yourself (docs/datasets.md)`,
        ),
      );
    return [
      `${plan.name}: ${plan.title}, into ${plan.path}`,
      ...hangText("  licence: ", plan.licence),
      ...alignColumns(rows, new Set([1])),
      ...(plan.misplaced ? hangText("  ", plan.misplaced) : []),
      ...(plan.unavailable ? hangText("  ", plan.unavailable) : []),
      ...(plan.command ? hangText("  downloaded by: ", plan.command) : []),
      ...gone,
      "",
    ];
  });
  const download = plans.reduce((total, p) => total + p.bytesToFetch, 0);
  const disk = plans.reduce((total, p) => total + p.diskNeeded, 0);
  const free = Math.min(...plans.map((p) => p.diskFree));
  const unknown = plans.some((p) => !p.here && p.files.some(({ bytes }) => bytes === null));
  lines.push(
    `to download ${formatBytes(download)}${unknown ? " and files of unknown size" : ""}; ` +
      `disk needed ${formatBytes(disk)}, free ${formatBytes(free)}${disk > free ? ": NOT ENOUGH" : ""}`,
  );
  return `${lines.join("\n")}\n`;
}
