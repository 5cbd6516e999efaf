// Runs on other engines and in other precisions: killed and resumed, and kept apart from runs in float32.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openvinoHere } from "@dit-bench/compiler/testing";
import { describe, expect, it } from "vitest";
import { bench } from "./bench.test.data.ts";
import { cell, go, place, run, sha, useFetched } from "./tiny-place.test.data.ts";

useFetched();
const here: readonly string[] = ["cpu", "cpu+float16", ...(await openvinoHere())];

describe.each(["cpu", "cpu+float16", "openvino", "openvino+bfloat16"])("a training on %s", (engine) => {
  it.skipIf(!here.includes(engine))(
    "has the weights of an uninterrupted one after a stop with a checkpoint and a SIGKILL",
    async () => {
      const flags = ["--engine", engine, "--set", "training.steps=400", "--json", "--out"];
      const whole = await run(...flags, `${engine}-whole`);
      expect(whole.code, whole.stderr).toBe(0);
      const out = `${engine}-killed`;
      const endDuringTraining = (signal: NodeJS.Signals) =>
        bench([...cell, "--threads", "2", ...flags, out], {
          cwd: place,
          watch: (stderr, child) => /train: /.test(stderr) && !child.killed && child.kill(signal),
        });
      expect((await endDuringTraining("SIGTERM")).code).toBe(143);
      const checkpoints = () =>
        readdirSync(join(place, out), { recursive: true, encoding: "utf8" }).filter((file) =>
          file.endsWith("checkpoint.safetensors"),
        );
      expect(checkpoints()).toHaveLength(1);
      expect((await endDuringTraining("SIGKILL")).signal).toBe("SIGKILL");
      expect(checkpoints()).toHaveLength(1);
      const resumed = await run(...flags, out);
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(sha(resumed.json.weights)).toBe(sha(whole.json.weights));
      expect(resumed.json.fid).toBe(whole.json.fid);
    },
  );
});

describe("runs in another precision", () => {
  const recordOf = (json: Record<string, unknown>) =>
    JSON.parse(readFileSync(join(place, String(json.record)), "utf8"));

  it("have folders, identities and tables of their own", async () => {
    const flags = ["--json", "--out", "precisions"];
    const plain = await run("--engine", "cpu", ...flags);
    const half = await run("--engine", "cpu+float16", ...flags);
    expect([plain.code, half.code], half.stderr).toEqual([0, 0]);
    expect(half.json.already).not.toBe(true);
    expect(
      readdirSync(join(place, "precisions"))
        .filter((name) => name.startsWith("tiny-1"))
        .sort(),
    ).toEqual(["tiny-1", "tiny-1+float16"]);
    const [a, b] = [recordOf(plain.json), recordOf(half.json)];
    expect([a.protocol, b.protocol]).toEqual(["tiny/1", "tiny/1+float16"]);
    expect(b.identity).not.toBe(a.identity);
    const again = await run("--engine", "cpu+float16", ...flags);
    expect(again.json).toMatchObject({ already: true, record: half.json.record });
    const table = await go("table", "--from", "precisions");
    expect(table.code, table.stderr).toBe(0);
    expect(table.stdout.match(/^tiny\S+: .+$/gm)).toEqual(["tiny/1: 1 record", "tiny/1+float16: 1 record"]);
  });
});
