// The built program with signals and with output streams that fail; the cells of a grid must end with the grid.

import { spawn } from "node:child_process";
import { existsSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bench } from "./bench.test.data.ts";
import { cell, place, recipe } from "./tiny-place.test.data.ts";

const entry = fileURLToPath(new URL("../bin/bench.js", import.meta.url));
const manySteps = ["--set", "training.steps=100000"];
const countCheckpoints = (out: string) =>
  existsSync(join(place, out))
    ? readdirSync(join(place, out), { recursive: true, encoding: "utf8" }).filter((f) =>
        f.endsWith("checkpoint.safetensors"),
      ).length
    : 0;

describe("bench run", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGUSR1", 75],
    ["SIGUSR2", 75],
  ] as const)("stops at the next safe place on %s, with a checkpoint and exit code %i", async (signal, code) => {
    let sent = false;
    const r = await bench([...cell, ...manySteps, "--out", signal], {
      cwd: place,
      watch: (stderr, child) => {
        if (!sent && /train: /.test(stderr)) sent = child.kill(signal);
      },
    });
    expect(r.code).toBe(code);
    expect(r.stderr).toContain("run the same command again to continue");
    expect(r.stderr).not.toContain("Debugger");
    expect(countCheckpoints(signal)).toBe(1);
  });

  it.each(["SIGUSR1", "SIGUSR2"] as const)(
    "ends with exit code 75 and opens no debugger on %s while the program loads",
    async (signal) => {
      // The signal is sent as soon as a listener exists. Before that, while Node starts, no code of ours runs.
      const preload = join(place, `send-${signal}.cjs`);
      writeFileSync(
        preload,
        `const send = () =>
           process.listenerCount("${signal}") > 0 ? process.kill(process.pid, "${signal}") : setImmediate(send);
         send();`,
      );
      const child = spawn(process.execPath, ["--require", preload, entry, ...cell, ...manySteps, "--out", "early"], {
        cwd: place,
        stdio: "pipe",
      });
      let stderr = "";
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      const code = await new Promise((done) => child.on("close", done));
      expect(code).toBe(75);
      expect(stderr).not.toContain("Debugger");
      await expect(isPortOpen(9229)).resolves.toBe(false);
    },
  );

  it("treats two signals at the same moment as one request to stop", async () => {
    let first = false;
    const r = await bench([...cell, ...manySteps, "--out", "twice"], {
      cwd: place,
      watch: (stderr, child) => {
        if (first || !/train: /.test(stderr)) return;
        first = child.kill("SIGTERM") && child.kill("SIGINT");
      },
    });
    expect([130, 143]).toContain(r.code);
    expect(countCheckpoints("twice")).toBe(1);
  });
});

describe("listenForSignals", () => {
  const signals = fileURLToPath(new URL("../dist/signals.js", import.meta.url));
  /** Runs a script that gets SIGINT twice: when it prints "ready", and 600 ms after it has handled the first one. */
  const runWithTwoSignals = (script: string) =>
    new Promise<{ code: number | null; signal: string | null; stdout: string }>((resolve) => {
      const text =
        `import { listenForSignals } from ${JSON.stringify(signals)}; ` + `${script}; setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: "pipe" });
      let stdout = "";
      child.stdout.on("data", (chunk) => {
        stdout += chunk;
        if (/^ready$/m.test(String(chunk))) child.kill("SIGINT");
      });
      child.stderr.on("data", (chunk) => {
        if (/a second signal stops at once/.test(String(chunk))) setTimeout(() => child.kill("SIGINT"), 600);
      });
      child.on("close", (code, signal) => resolve({ code, signal, stdout }));
    });

  it("lets a second signal end a process that computes and reaches no safe place", async () => {
    const busy = "listenForSignals(() => setTimeout(() => { for (;;); }, 400)); console.log('ready')";
    expect(await runWithTwoSignals(busy)).toMatchObject({ code: null, signal: "SIGINT" });
  });

  it("lets a grid end its cells before a second signal ends it", async () => {
    const grid = "listenForSignals(() => {}, () => console.log('ended the runs')); console.log('ready')";
    expect(await runWithTwoSignals(grid)).toEqual({ code: 130, signal: null, stdout: "ready\nended the runs\n" });
  });
});

/** Whether something listens at this port of the machine. */
function isPortOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

describe.skipIf(!existsSync("/proc/self/stat"))("the cells of a grid", () => {
  /** Ids of the processes with this text in their command lines. */
  const processesWith = (text: string) =>
    readdirSync("/proc").filter((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8").includes(text);
      } catch {
        return false;
      }
    });
  const startGrid = async (out: string, ...args: string[]) => {
    const common = [
      "grid",
      "--recipe",
      recipe,
      ...(args.includes("--methods") ? [] : ["--methods", "bitfit,lora"]),
      "--datasets",
      "sun",
      "--jobs",
      "2",
      ...manySteps,
    ];
    const child = spawn(process.execPath, [entry, ...common, "--out", out, ...args], { cwd: place, stdio: "pipe" });
    child.stdout.resume();
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const code = new Promise<number | null>((done) => child.on("close", done));
    return { child, code, stderr: () => stderr };
  };
  const waitUntil = async (isDone: () => boolean, seconds: number) => {
    for (let i = 0; i < 20 * seconds && !isDone(); i++) await new Promise((done) => setTimeout(done, 50));
  };

  it("end when the grid is killed in any of three stages", async () => {
    for (const [i, wait] of [
      (out: string) => processesWith(out).length > 1,
      (out: string) => processesWith(out).length > 2,
      (out: string) => /train: /.test(logOf(out)),
    ].entries()) {
      const out = `orphans-${i}-of-this-test`;
      const { child, code } = await startGrid(out);
      await waitUntil(() => wait(out), 60);
      child.kill("SIGKILL");
      await code;
      await waitUntil(() => processesWith(out).length === 0, 10);
      expect(processesWith(out), `after moment ${i}`).toEqual([]);
    }
  });

  it("stop at their next safe place when only the grid gets a signal", async () => {
    for (const [signal, expected] of [
      ["SIGINT", 130],
      ["SIGHUP", 129],
      ["SIGUSR1", 75],
    ] as const) {
      const out = `signal-${signal}-of-this-test`;
      const { child, code, stderr } = await startGrid(out);
      await waitUntil(() => (logOf(out).match(/train: /g) ?? []).length === 2, 60);
      child.kill(signal);
      expect(await code, stderr()).toBe(expected);
      expect(stderr()).toContain("run the same command again to continue");
      expect(countCheckpoints(out)).toBe(2);
      expect(processesWith(out)).toEqual([]);
    }
  });

  it("are ended by a second signal to the grid, even in an endless loop", async () => {
    const stuck = join(place, "stuck.mjs");
    writeFileSync(
      stuck,
      `import { defineMethod, z } from "@dit-bench/method";
      export default defineMethod({ name: "stuck", label: () => "Stuck", source: "here", options: z.strictObject({}),
        learningRate: 1e-3, adapt() { console.error("looping"); for (;;); } });`,
    );
    const out = "second-signal-of-this-test";
    const { child, code, stderr } = await startGrid(out, "--plugin", stuck, "--methods", "stuck");
    await waitUntil(() => logOf(out).includes("looping"), 60);
    expect(logOf(out)).toContain("looping");
    child.kill("SIGINT");
    await waitUntil(() => stderr().includes("a second signal stops at once"), 10);
    await new Promise((done) => setTimeout(done, 500));
    expect(child.exitCode, stderr() + logOf(out)).toBeNull();
    child.kill("SIGINT");
    expect(await code, stderr()).toBe(130);
    await waitUntil(() => processesWith(out).length === 0, 5);
    expect(processesWith(out)).toEqual([]);
  });

  function logOf(out: string): string {
    if (!existsSync(join(place, out))) return "";
    const [protocol = ""] = readdirSync(join(place, out));
    const path = join(place, out, protocol, "grid.log");
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }
});

describe.skipIf(!existsSync("/dev/full"))("bench on a full disk", () => {
  const runWithFullStream = (stream: 1 | 2, args: string[]) =>
    new Promise<{ code: number | null; other: string }>((resolve) => {
      const stdio: (number | "pipe")[] = ["pipe", "pipe", "pipe"];
      stdio[stream] = openSync("/dev/full", "w");
      const child = spawn(process.execPath, [entry, ...args], { cwd: place, stdio });
      let other = "";
      (stream === 1 ? child.stderr : child.stdout)?.on("data", (chunk) => {
        other += chunk;
      });
      child.on("close", (code) => resolve({ code, other }));
    });

  it("exits with 74 and prints one line if stdout cannot be written", async () => {
    const { code, other } = await runWithFullStream(1, ["list", "datasets"]);
    expect(code).toBe(74);
    expect(other).toMatch(/^bench: error: stdout cannot be written \(ENOSPC[^\n]*\n$/);
  });

  it("finishes a run if stderr cannot be written", async () => {
    const { code, other } = await runWithFullStream(2, [...cell, "--set", "training.steps=2", "--out", "full-stderr"]);
    expect(code).toBe(0);
    expect(other).toContain("FID");
  });

  it("exits with the code of an error that stderr cannot print", async () => {
    expect((await runWithFullStream(2, ["run", "--seed", ""])).code).toBe(2);
  });
});
