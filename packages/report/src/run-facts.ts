// Facts about a run as texts: how it was trained and scored, on which machine, by which versions, with which settings.

import type { RunRecord } from "@dit-bench/record";
import { quantity } from "@dit-bench/text";

/** Facts that may differ between runs, with all their values. A further one is one entry. */
export const facts: readonly [name: string, value: (record: RunRecord) => string][] = [
  ["Protocol", ({ protocol }) => protocol],
  ["Training", ({ training }) => `${training.steps} steps, batches of ${training.batch}`],
  ["Training images", ({ data }) => `${quantity(data.images, "image")} of ${data.size}×${data.size} pixels`],
  ["Held-out images", ({ data }) => (data.heldOut ? quantity(data.heldOut.images, "image") : "none")],
  ["Scores", ({ metrics }) => (metrics === null ? "none, diverged" : scoring(metrics))],
  ["Engine", ({ engine }) => `${engine.name}, ${quantity(engine.threads, "thread")}`],
  ["Machine", ({ machine }) => machineText(machine)],
  ["Program", ({ code }) => programText(code)],
  ["Packages", ({ versions, machine }) => packagesText(versions, machine.node)],
  ["Base model", ({ weights }) => `SHA-256 ${weights.base.slice(0, 16)}…`],
  ["Extractor's weights", ({ weights }) => `SHA-256 ${weights.extractor.slice(0, 16)}…`],
];

function scoring({ generated, real, extractor, resizer }: NonNullable<RunRecord["metrics"]>): string {
  return `${generated} generated against ${real} real images, features of ${extractor}, resizer ${resizer}`;
}

function machineText({ cpu, cores, memoryGB, gpu, os }: RunRecord["machine"]): string {
  return `${cpu}, ${quantity(cores, "core")}, ${memoryGB} GB${gpu === null ? "" : `, ${gpu}`}, ${os}`;
}

function programText({ version, commit, clean }: RunRecord["code"]): string {
  const state = clean === false ? " with uncommitted changes" : "";
  return `dit-bench ${version}${commit === null ? "" : `, commit ${commit.slice(0, 7)}${state}`}`;
}

function packagesText(versions: RunRecord["versions"], node: string): string {
  return [`Node ${node}`, ...Object.entries(versions).map(([name, version]) => `${name} ${version}`)].join(", ");
}

/** The settings as pairs of a dotted path, as `--set` takes it, and a value; a list is one value. */
export function flattenSettings(value: unknown, path = ""): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => flattenSettings(inner, path === "" ? key : `${path}.${key}`));
}

export const settingText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
