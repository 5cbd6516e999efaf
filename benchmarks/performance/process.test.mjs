// Tests the pool of measuring processes with small processes that report invented peaks.

import { afterEach, describe, expect, it } from "vitest";
import { processPool } from "./process.mjs";

/** @import { Spec, Times } from "./types.ts" */

// The program of a process that answers like a measuring process. `peak_mb` is the value that it was prepared with, and
// its process id takes the place of the times.
const program = `
  process.stdout.write("a line that is no answer\\n");
  let about;
  require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { prepare } = JSON.parse(line);
    if (prepare?.fail) { console.error("no memory for that"); process.exit(3); }
    if (prepare) about = prepare;
    console.log(JSON.stringify(prepare ? { about } : { wall_ms: [process.pid], peak_mb: about.peak }));
  });`;
const command = () => ({ command: process.execPath, args: ["-e", program] });
/**
 * @param {string} name
 * @param {number} peak MB
 * @param {object} [extraFields]
 */
const spec = (name, peak, extraFields = {}) =>
  /** @type {Spec} */ ({ shape: { width: 1 }, prepare: { name, peak, ...extraFields } });
const duration = { steps: 1, seconds: 0 };
const processId = (/** @type {Times} */ answer) => answer.wall_ms[0];

/** @type {ReturnType<typeof processPool>} */
let pool;
afterEach(() => pool.keepOnly([]));

describe("processPool", () => {
  it("keeps processes while there is room, and returns the report of a process that it starts", async () => {
    pool = processPool(command, { freeBytes: () => 2 ** 40 });
    const firstAnswer = await pool.measure(spec("a", 100), duration);
    expect(firstAnswer.started).toEqual({ name: "a", peak: 100 });
    await pool.measure(spec("b", 100), duration);
    const secondAnswer = await pool.measure(spec("a", 100), duration);
    expect(secondAnswer.started).toBeUndefined();
    expect(processId(secondAnswer)).toBe(processId(firstAnswer));
  });

  it("stops processes whose memory the next one needs", async () => {
    let freeMB = 1000;
    pool = processPool(command, { freeBytes: () => freeMB * 2 ** 20 });
    const a = await pool.measure(spec("a", 400), duration);
    const b = await pool.measure(spec("b", 100), duration);
    freeMB = 300; // the largest peak of this shape is 400 MB: c is planned with 600, so all others must stop
    await pool.measure(spec("c", 200), duration);
    freeMB = 1000;
    expect(processId(await pool.measure(spec("a", 400), duration))).not.toBe(processId(a));
    expect(processId(await pool.measure(spec("b", 100), duration))).not.toBe(processId(b));
  });

  it("stops the large process used last and keeps a small one that would not free enough memory", async () => {
    /** @type {number[]} */
    let answers = [];
    const freeBytes = () => ((answers.length > 1 ? answers.shift() : answers[0]) ?? 10_000) * 2 ** 20;
    pool = processPool(command, { freeBytes });
    const small = await pool.measure(spec("small", 10), duration);
    const large = await pool.measure(spec("large", 1000), duration);
    answers = [900, 900, 10_000]; // until the large one has stopped
    await pool.measure(spec("next", 1000), duration);
    expect(processId(await pool.measure(spec("small", 10), duration))).toBe(processId(small));
    expect(processId(await pool.measure(spec("large", 1000), duration))).not.toBe(processId(large));
  });

  it("expects of a program what it needed with the same method, whatever other programs need", async () => {
    let freeMB = 10_000;
    pool = processPool(command, { freeBytes: () => freeMB * 2 ** 20 });
    const a = await pool.measure({ ...spec("a", 1000, { method: "lora" }), program: "node" }, duration);
    await pool.measure({ ...spec("b", 100, { method: "lora" }), program: "python" }, duration);
    freeMB = 300; // c is planned with 1.5 x 100 MB
    await pool.measure({ ...spec("c", 100, { method: "lora" }), program: "python" }, duration);
    expect(processId(await pool.measure({ ...spec("a", 1000, { method: "lora" }), program: "node" }, duration))).toBe(
      processId(a),
    );
  });

  it("expects of a program with another method as much as the largest process of its shape needed", async () => {
    let freeMB = 10_000;
    pool = processPool(command, { freeBytes: () => freeMB * 2 ** 20 });
    const full = { ...spec("a", 1000, { method: "full" }), program: /** @type {const} */ ("node") };
    const a = await pool.measure(full, duration);
    await pool.measure({ ...spec("b", 100, { method: "sample" }), program: "python" }, duration);
    freeMB = 300; // less than 1.5 x 1000 MB: all others stop
    await pool.measure({ ...spec("c", 1000, { method: "full" }), program: "python" }, duration);
    freeMB = 10_000;
    expect(processId(await pool.measure(full, duration))).not.toBe(processId(a));
  });

  it("ends one process and keeps the others", async () => {
    pool = processPool(command, { freeBytes: () => 2 ** 40 });
    const [a, b] = [await pool.measure(spec("a", 1), duration), await pool.measure(spec("b", 1), duration)];
    await pool.end(spec("a", 1));
    expect(processId(await pool.measure(spec("a", 1), duration))).not.toBe(processId(a));
    expect(processId(await pool.measure(spec("b", 1), duration))).toBe(processId(b));
  });

  it("quotes the last output of a process that fails", async () => {
    pool = processPool(command, { freeBytes: () => 2 ** 40 });
    await expect(pool.measure(spec("a", 1, { fail: true }), duration)).rejects.toThrow(
      /ended with code 3; its last output: .*no memory for that/s,
    );
  });

  it("reports a program that cannot be started", async () => {
    pool = processPool(() => ({ command: "/no/such/python", args: [] }), { freeBytes: () => 2 ** 40 });
    await expect(pool.measure(spec("a", 1), duration)).rejects.toThrow(/cannot be started: .*ENOENT/);
  });
});
