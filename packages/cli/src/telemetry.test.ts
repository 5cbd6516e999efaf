// No telemetry: each engine, in a process of its own, writes nothing into HOME and contacts no other host.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const compiler = pathToFileURL(join(repository, "packages/compiler/dist/index.js")).href;
const entry = join(repository, "packages/cli/bin/bench.js");
const place = mkdtempSync(join(tmpdir(), "bench-home-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A script that computes on an engine and keeps it open. Its arguments: name of the engine, time in milliseconds. */
const script = `
  const { createEngine } = await import(${JSON.stringify(compiler)});
  const [name, hold] = process.argv.slice(-2);
  const engine = await createEngine(name, { threads: 1 }).catch((error) => {
    console.log("cannot start: " + error.message);
    process.exit(0);
  });
  const compiled = await engine.compile(({ x }) => ({ y: x.add(x) }), { x: { shape: [2] } }, { name: "a model" });
  const { y } = await compiled.run({ x: Float32Array.of(1, 2) });
  await new Promise((resolve) => setTimeout(resolve, Number(hold)));
  await compiled.dispose();
  console.log([...y].join());`;

const engines = ["cpu", "cpu+float16", "tfjs-cpu", "tfjs-node", "tfjs-node-gpu", "webgpu", "cuda"];

describe("an engine", () => {
  it.for(engines)(
    "%s writes nothing into an empty HOME, for any value of ORT_DISABLE_TELEMETRY",
    async (engine, { skip }) => {
      for (const setting of ["", "0", undefined]) {
        const home = folder("home");
        const { stdout, stderr } = await node(script, [engine, "0"], environment(home, setting));
        expect(filesIn(home)).toEqual([]);
        if (stdout.startsWith("cannot start")) return skip(stdout.split(":")[1]);
        expect({ stdout, stderr }).toEqual({ stdout: "2,4\n", stderr: "" });
      }
    },
  );

  it.for(engines)("%s works without messages if HOME cannot be written", async (engine, { skip }) => {
    const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const { stdout, stderr } = await node(script, [engine, "0"], environment("/nonexistent"), unprivileged);
    if (/EACCES|cannot start|Cannot find/.test(stdout + stderr)) return skip("this user may not read or start it");
    expect({ stdout, stderr }).toEqual({ stdout: "2,4\n", stderr: "" });
  });

  it("writes nothing into an empty HOME in a whole command of bench", async () => {
    const home = folder("home");
    const args = ["fid", "a", "b", "--extractor", "mini", "--threads", "1"];
    const sharp = (await import("sharp")).default;
    for (const set of ["a", "b"]) {
      mkdirSync(join(place, set), { recursive: true });
      for (let i = 0; i < 3; i++)
        await sharp(
          Uint8Array.from({ length: 1200 }, (_, k) => (k * (i + 3)) % 251),
          { raw: { width: 20, height: 20, channels: 3 } },
        )
          .png()
          .toFile(join(place, set, `${i}.png`));
    }
    const { code, stderr } = await start([entry, ...args], environment(home));
    expect({ code, files: filesIn(home) }).toEqual({ code: 0, files: [] });
    expect(stderr).not.toMatch(/telemetry|onnxruntime/i);
  });

  it.for(["cpu", "webgpu"])("%s contacts no other host in 20 s", async (engine, { skip }) => {
    if (!isInstalled("strace")) return skip("strace is not installed");
    const file = join(place, "module.mjs");
    const log = join(place, `trace-${engine}.txt`);
    writeFileSync(file, script);
    const traced = ["-f", "-s", "80", "-e", "trace=network", "-o", log, process.execPath, file, engine, "20000"];
    const { stdout } = await start(traced, environment(folder("home")), {}, "strace");
    const calls = readFileSync(log, "utf8").split("\n").filter(isForeignCall);
    expect(calls).toEqual([]);
    if (stdout.startsWith("cannot start")) return skip(stdout.split(":")[1]);
    expect(stdout).toBe("2,4\n");
  });
});

describe("the only module that loads ONNX Runtime", () => {
  it("disables telemetry when the package is imported, before anything is computed", async () => {
    const { stdout } = await node(
      `await import(${JSON.stringify(compiler)}); console.log(process.env.ORT_DISABLE_TELEMETRY);`,
      [],
      environment(place, "0"),
    );
    expect(stdout).toBe("1\n");
  });

  it("refuses a worker thread if the main thread has not disabled telemetry", async () => {
    const worker = `
      import { Worker } from "node:worker_threads";
      const code = \`import(${JSON.stringify(compiler)}).then((m) => m.createEngine("cpu")).then(
        () => console.log("started"), (error) => console.log(error.message))\`;
      if (process.argv.at(-1) === "first") await import(${JSON.stringify(compiler)});
      new Worker(code, { eval: true });`;
    const run = async (when: string) => (await node(worker, [when], environment(place))).stdout;
    expect(await run("later")).toMatch(/telemetry of ONNX Runtime cannot be turned off in a worker thread/);
    expect(await run("first")).toBe("started\n");
  });

  it("is packages/compiler/src/runtime/load-runtime.ts", () => {
    const importing = ["packages", "benchmarks", "tools", "examples"]
      .flatMap((name) =>
        readdirSync(join(repository, name), { recursive: true, encoding: "utf8" }).map((f) => join(name, f)),
      )
      .filter((file) => /\.[cm]?[jt]s$/.test(file) && !/node_modules|\/dist\//.test(file))
      .filter((file) => loadsRuntime(readFileSync(join(repository, file), "utf8")));
    expect(importing).toEqual(["packages/compiler/src/runtime/load-runtime.ts"]);
  });

  it("is not confused with modules that import only its types", () => {
    const by = (quoted: string) => quoted.replaceAll("'", '"').replace("X", "onnxruntime-node");
    for (const text of ["import ort from 'X'", "import 'X'", "await import('X')", "require('X')"])
      expect(loadsRuntime(by(text)), text).toBe(true);
    for (const text of ["import type { Tensor } from 'X'", "type R = typeof import('X')", "resolve('X/package.json')"])
      expect(loadsRuntime(by(text)), text).toBe(false);
  });
});

const loadsRuntime = (source: string): boolean =>
  /^import (?!type\b)(?:[^;]*? from )?["']onnxruntime-|(?<!typeof )\b(?:import|require)\(["']onnxruntime-/m.test(
    source,
  );

/** Whether a line of strace is a network call to another machine, or a DNS query. */
const isForeignCall = (call: string): boolean =>
  /htons\(53\)|microsoft/.test(call) || (/sin6?_addr/.test(call) && !/127\.0\.0\.1|"::1"/.test(call));

let madeCount = 0;
function folder(name: string): string {
  const path = join(place, `${name}-${madeCount++}`);
  mkdirSync(path);
  return path;
}

const filesIn = (home: string) => readdirSync(home, { recursive: true, encoding: "utf8" });

/** Returns an environment without CI, which disables telemetry by itself, and without cache folders outside HOME. */
function environment(home: string, setting?: string): NodeJS.ProcessEnv {
  const { CI: _ci, XDG_CACHE_HOME: _cache, ORT_DISABLE_TELEMETRY: _setting, ...env } = process.env;
  return { ...env, HOME: home, NO_COLOR: "1", ...(setting === undefined ? {} : { ORT_DISABLE_TELEMETRY: setting }) };
}

const node = (code: string, args: string[], env: NodeJS.ProcessEnv, as: { uid?: number; gid?: number } = {}) =>
  start(["--input-type=module", "-e", code, "--", ...args], env, as);

function start(
  args: string[],
  env: NodeJS.ProcessEnv,
  as: { uid?: number; gid?: number } = {},
  program = process.execPath,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: place, env, ...as });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
