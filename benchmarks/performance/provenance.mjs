// Finds out what is measured: the commits, the CPU, the engines, and the Python that runs PyTorch.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describeEngines } from "@dit-bench/compiler";
import { UsageError } from "./options.mjs";

/** @import { CodeState } from "./types.ts" */

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Returns the commit, and whether the tree is clean. Changes in results/ do not count, since a run writes there.
 * Both are null without git.
 *
 * @param {string} [folder]
 * @returns {CodeState}
 */
export function codeState(folder = projectFolder) {
  /** @param {string[]} args */
  const git = (...args) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changes = git("status", "--porcelain", "--", ".", ":(exclude)results");
    return { commit: git("rev-parse", "HEAD"), clean: changes === "" };
  } catch {
    return { commit: null, clean: null };
  }
}

/**
 * Returns the path of a Python that can import torch, or a description of the problem with advice.
 *
 * @param {string} [path] path of a Python; by default the Python of `.venv`
 * @returns {{ python?: string, problem?: string }}
 */
export function findPython(path) {
  const python = path ?? join(projectFolder, ".venv/bin/python");
  const help = "sh tools/install-pytorch.sh installs it, --python names another Python, --peers none measures without";
  if (!path && !existsSync(python)) return { problem: `PyTorch is not installed: ${help}` };
  try {
    execFileSync(python, ["-c", "import torch"], { stdio: ["ignore", "ignore", "pipe"] });
    return { python };
  } catch (error) {
    const { stderr, message } = /** @type {Error & { stderr?: Buffer }} */ (error);
    const reason =
      String(stderr ?? "")
        .trim()
        .split("\n")
        .at(-1) || message;
    return { problem: `${python} cannot import torch (${reason}): ${help}` };
  }
}

const WORKER = "benchmarks/performance/worker.mjs";

/**
 * Describes the earlier build in a folder.
 *
 * @param {string} folder
 * @throws UsageError if the folder is no built checkout of dit-bench
 */
export function earlierBuild(folder) {
  const path = resolve(folder);
  for (const file of [WORKER, "packages/compiler/dist/index.js"])
    if (!existsSync(join(path, file)))
      throw new UsageError(`--before is '${folder}', which has no ${file}: run npm ci && npm run build there`);
  return { folder: path, worker: join(path, WORKER), code: codeState(path) };
}

const FEATURES = { avx2: "avx2", avx512f: "avx512", avx512_bf16: "avx512_bf16", amx_bf16: "amx_bf16" };

/**
 * Returns those features of the CPU that decide the speed of GEMMs, or undefined where the system does not list them.
 *
 * @param {() => string} [readInfo]
 */
export function cpuFeatures(readInfo = () => readFileSync("/proc/cpuinfo", "utf8")) {
  let info;
  try {
    info = readInfo();
  } catch {
    return undefined; // no Linux
  }
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1].split(" ") ?? [];
  return Object.entries(FEATURES).flatMap(([flag, name]) => (flags.includes(flag) ? [name] : []));
}

/**
 * Describes the engines other than `cpu`, by name without precision, as `bench list engines` does.
 *
 * @param {readonly string[]} names
 * @returns {Promise<Record<string, string>>}
 * @throws UsageError for an engine that does not work here
 */
export async function engineVersions(names) {
  const plainNames = new Set(names.map((name) => name.split("+")[0]).filter((name) => name !== "cpu"));
  if (plainNames.size === 0) return {};
  const known = await describeEngines();
  return Object.fromEntries(
    [...plainNames].map((name) => {
      const engine = known.find((e) => e.name === name);
      if (!engine?.available)
        throw new UsageError(
          `--engine: '${name}' does not work here (${engine?.reason ?? "this build lacks it"})` +
            (engine?.how ? `: ${engine.how}` : ""),
        );
      return [name, engine.reason];
    }),
  );
}
