// Tests what a result file says about the machine and the engines, and the check of an earlier build's folder.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { commandOf } from "./commands.mjs";
import { cpuFeatures, earlierBuild, engineVersions } from "./provenance.mjs";

describe("cpuFeatures", () => {
  it("lists the features that decide the speed of GEMMs, and no others", () => {
    const info = "vendor_id\t: any\nflags\t\t: fpu avx2 avx512f avx512dq avx512_bf16 amx_bf16\nbugs\t\t: none\n";
    expect(cpuFeatures(() => info)).toEqual(["avx2", "avx512", "avx512_bf16", "amx_bf16"]);
    expect(cpuFeatures(() => "BogoMIPS\t: 1.0\nFeatures\t: fp asimd\n")).toEqual([]);
  });

  it("is undefined where the system has no /proc/cpuinfo", () => {
    const fail = () => {
      throw new Error("ENOENT");
    };
    expect(cpuFeatures(fail)).toBeUndefined();
  });
});

describe("engineVersions", () => {
  it("describes nothing for the engine cpu, whose versions a result names anyway", async () => {
    expect(await engineVersions(["cpu"])).toEqual({});
  });

  it("rejects an engine that this build lacks, before anything is measured", async () => {
    await expect(engineVersions(["cpu", "abacus+bfloat16"])).rejects.toThrow(
      "--engine: 'abacus' does not work here (this build lacks it)",
    );
  });
});

describe("earlierBuild", () => {
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-before-"));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("rejects a folder without a build, with the command that builds it", () => {
    expect(() => earlierBuild(folder)).toThrow(
      `--before is '${folder}', which has no benchmarks/performance/worker.mjs: run npm ci && npm run build there`,
    );
  });

  it("finds the measuring process of a build, which starts in its own folder", () => {
    for (const file of ["benchmarks/performance/worker.mjs", "packages/compiler/dist/index.js"]) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), "");
    }
    const { worker } = earlierBuild(folder);
    expect(commandOf({ program: "before", prepare: {} }, { before: worker })).toEqual({
      command: process.execPath,
      args: [join(folder, "benchmarks/performance/worker.mjs")],
      cwd: join(folder, "benchmarks/performance"),
    });
  });
});
