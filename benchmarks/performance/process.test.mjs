// The pool of measuring processes, with small processes that report invented peaks.

import { afterEach, describe, expect, it } from "vitest";
import { processPool } from "./process.mjs";

/** @import { Spec, Times } from "./types.ts" */

// A process that answers as the measuring ones do: `peak_mb` as prepared, and its process id in place of times.
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
 * @param {object} [more]
 */
const spec = (name, peak, more = {}) => /** @type {Spec} */ ({ shape: { width: 1 }, prepare: { name, peak, ...more } });
const how = { steps: 1, seconds: 0 };
const id = (/** @type {Times} */ answer) => answer.wall_ms[0];

/** @type {ReturnType<typeof processPool>} */
let pool;
afterEach(() => pool.keepOnly([]));

describe("processPool", () => {
  it("keeps processes while there is room, and returns what each reports at its start", async () => {
    pool = processPool(command, { free: () => 2 ** 40 });
    const first = await pool.measure(spec("a", 100), how);
    expect(first.started).toEqual({ name: "a", peak: 100 });
    await pool.measure(spec("b", 100), how);
    const again = await pool.measure(spec("a", 100), how);
    expect(again.started).toBeUndefined();
    expect(id(again)).toBe(id(first));
  });

  it("stops processes whose memory the next one needs", async () => {
    let freeMB = 1000;
    pool = processPool(command, { free: () => freeMB * 2 ** 20 });
    const a = await pool.measure(spec("a", 400), how);
    const b = await pool.measure(spec("b", 100), how);
    freeMB = 300; // the largest peak of this shape is 400 MB: c is planned with 600, so all others must stop
    await pool.measure(spec("c", 200), how);
    freeMB = 1000;
    expect(id(await pool.measure(spec("a", 400), how))).not.toBe(id(a));
    expect(id(await pool.measure(spec("b", 100), how))).not.toBe(id(b));
  });

  it("stops the large process used last, and keeps a small one, where only that frees enough", async () => {
    /** @type {number[]} */
    let answers = [];
    const free = () => ((answers.length > 1 ? answers.shift() : answers[0]) ?? 10_000) * 2 ** 20;
    pool = processPool(command, { free });
    const small = await pool.measure(spec("small", 10), how);
    const large = await pool.measure(spec("large", 1000), how);
    answers = [900, 900, 10_000]; // until the large one has stopped
    await pool.measure(spec("next", 1000), how);
    expect(id(await pool.measure(spec("small", 10), how))).toBe(id(small));
    expect(id(await pool.measure(spec("large", 1000), how))).not.toBe(id(large));
  });

  it("quotes the last output of a process that fails", async () => {
    pool = processPool(command, { free: () => 2 ** 40 });
    await expect(pool.measure(spec("a", 1, { fail: true }), how)).rejects.toThrow(
      /ended with code 3; its last output: .*no memory for that/s,
    );
  });

  it("reports a program that cannot be started", async () => {
    pool = processPool(() => ({ command: "/no/such/python", args: [] }), { free: () => 2 ** 40 });
    await expect(pool.measure(spec("a", 1), how)).rejects.toThrow(/cannot be started: .*ENOENT/);
  });
});
