// The origin of a record: code, package versions and machine.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import type { RunRecord } from "@dit-bench/record";
import { packageFolder } from "../methods/plugin-files.ts";
import { projectFolder } from "../project-folder.ts";

export function codeState(folder: string = projectFolder()): RunRecord["code"] {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  // An installed program lies in a folder of the user's, where git would answer for the user's own repository.
  if (!existsSync(join(folder, ".git"))) return { version, commit: null, clean: null };
  try {
    return { version, commit: git("rev-parse", "HEAD"), clean: git("status", "--porcelain") === "" };
  } catch {
    return { version, commit: null, clean: null }; // git is not installed
  }
}

/** @param gpu the adapter that computed, if that was not the CPU */
export function machine(gpu?: string): RunRecord["machine"] {
  const cores = cpus();
  return {
    cpu: [cores[0]?.model.trim() || "unknown", ...widestVectors()].join(", "),
    cores: Math.max(1, cores.length),
    memoryGB: Math.round(totalmem() / 1e8) / 10,
    gpu: gpu ?? null,
    os: `${type()} ${release()}`,
    arch: arch(),
    node: process.versions.node,
  };
}

/**
 * The widest vector instructions of the CPU, if the system reports them: they decide speed and rounding, and the CPU's
 * name may not identify them.
 */
function widestVectors(): string[] {
  let flags: string[];
  try {
    flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.trim().split(" ") ?? [];
  } catch {
    return []; // no Linux
  }
  const widest = Object.entries({ avx512f: "AVX-512", avx2: "AVX2" }).find(([flag]) => flags.includes(flag));
  return widest ? [widest[1]] : [];
}

/** Packages that the numbers depend on, and the package of this project that installs each. */
const dependencies = {
  "@tensorflow/tfjs": "@dit-bench/runner",
  "onnxruntime-node": "@dit-bench/compiler",
  sharp: "@dit-bench/images",
};

/** Versions of the packages that the numbers depend on. */
export function versions(): Record<string, string> {
  const here = import.meta.dirname;
  const versionOf = ([name, owner]: [string, string]) => {
    const folder = packageFolder(name, packageFolder(owner, here) ?? here);
    if (folder === undefined) return [name, "unknown"];
    return [name, (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version];
  };
  return Object.fromEntries(Object.entries(dependencies).map(versionOf));
}
