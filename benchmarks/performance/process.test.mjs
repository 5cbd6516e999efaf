import { afterEach, describe, expect, it } from "vitest";
import { processPool } from "./process.mjs";

// A process that answers as the measuring ones do, in a line of its own: `peak_mb` as told, and its id in place of times.
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
const spec = (name, peak, more = {}) => ({ shape: { width: 1 }, prepare: { name, peak, ...more } });
const how = { steps: 1, seconds: 0 };
const id = (answer) => answer.wall_ms[0];

let pool;
afterEach(() => pool.keepOnly([]));

describe("processes", () => {
  it("stay while there is room, and say what they are when they start", async () => {
    pool = processPool(command, { free: () => 2 ** 40 });
    const first = await pool.measure(spec("a", 100), how);
    expect(first.started).toEqual({ name: "a", peak: 100 });
    await pool.measure(spec("b", 100), how);
    const again = await pool.measure(spec("a", 100), how);
    expect(again.started).toBeUndefined();
    expect(id(again)).toBe(id(first));
  });

  it("give way where the next needs their memory", async () => {
    let freeMB = 1000;
    pool = processPool(command, { free: () => freeMB * 2 ** 20 });
    const a = await pool.measure(spec("a", 400), how);
    const b = await pool.measure(spec("b", 100), how);
    freeMB = 300; // of the same shape, 400 MB were seen: c is given 600, and all others go
    await pool.measure(spec("c", 200), how);
    freeMB = 1000;
    expect(id(await pool.measure(spec("a", 400), how))).not.toBe(id(a));
    expect(id(await pool.measure(spec("b", 100), how))).not.toBe(id(b));
  });

  it("that are small stay where the large one used last must go", async () => {
    let answers = [];
    const free = () => (answers.length > 1 ? answers.shift() : (answers[0] ?? 10_000)) * 2 ** 20;
    pool = processPool(command, { free });
    const small = await pool.measure(spec("small", 10), how);
    const large = await pool.measure(spec("large", 1000), how);
    answers = [900, 900, 10_000]; // until the large one has ended
    await pool.measure(spec("next", 1000), how);
    expect(id(await pool.measure(spec("small", 10), how))).toBe(id(small));
    expect(id(await pool.measure(spec("large", 1000), how))).not.toBe(id(large));
  });

  it("that fail say why, in their own last words", async () => {
    pool = processPool(command, { free: () => 2 ** 40 });
    await expect(pool.measure(spec("a", 1, { fail: true }), how)).rejects.toThrow(
      /ended with code 3; it said: .*no memory for that/s,
    );
  });

  it("that cannot be started say so", async () => {
    pool = processPool(() => ({ command: "/no/such/python", args: [] }), { free: () => 2 ** 40 });
    await expect(pool.measure(spec("a", 1), how)).rejects.toThrow(/cannot be started: .*ENOENT/);
  });
});
