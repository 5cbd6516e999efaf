// The origin of a record: code, package versions and machine.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, release, totalmem, type } from "node:os";
import { dirname, join } from "node:path";
import type { RunRecord } from "@dit-bench/record";
import { projectFolder } from "../project-folder.ts";

export function codeState(): RunRecord["code"] {
  const folder = projectFolder();
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return { version, commit: git("rev-parse", "HEAD"), clean: git("status", "--porcelain") === "" };
  } catch {
    return { version, commit: null, clean: null }; // no git, or not a checkout
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

/** Versions of the packages that the numbers depend on. */
export function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  return Object.fromEntries(
    ["@tensorflow/tfjs", "onnxruntime-node", "sharp"].map((name) => [name, versionOf(require, name)]),
  );
}

function versionOf(require: NodeJS.Require, name: string): string {
  for (let folder = dirname(require.resolve(name)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === name && manifest.version) return manifest.version;
    } catch {
      // no package.json here: continue in the parent folder
    }
  }
  return "unknown";
}
