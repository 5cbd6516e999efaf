// A target whose faults the fuzzer must find. The query of the module's address names the fault.

/** @import { Target } from "../types.ts" */

class ExpectedError extends Error {}

/** @type {Record<string, (input: Buffer) => unknown>} */
const readers = {
  sound: (input) => {
    if (input[0] !== 0x73) throw new ExpectedError("it does not begin with s");
  },
  "type-error": () => /** @type {any} */ (undefined).length,
  "stack-overflow": function overflow(input) {
    return [readers["stack-overflow"](input)];
  },
  "no-message": () => {
    throw new ExpectedError("");
  },
  "long-message": () => {
    throw new ExpectedError("x".repeat(1e6));
  },
  "not-an-error": () => {
    throw "text";
  },
  slow: () => {
    for (const begun = process.cpuUsage().user; process.cpuUsage().user - begun < 0.6e6; );
  },
  memory: () => new Float64Array(20e6),
  "touched-memory": () => new Uint8Array(200e6).fill(1).length,
  endless: () => {
    for (;;);
  },
  crash: () => process.kill(process.pid, "SIGSEGV"),
  heap: () => {
    for (const all = []; ; ) all.push(new Array(1e5).fill(all.length));
  },
  "late-error": () => void setImmediate(() => JSON.parse("{")),
  pollution: () => {
    Object.defineProperty(Object.prototype, "hacked", { value: 1, enumerable: true, configurable: true });
  },
};

const kind = new URL(import.meta.url).search.slice(1);

/** @type {Target} */
export const target = {
  name: `broken-${kind}`,
  errors: [ExpectedError],
  seeds: () => [Buffer.from("seed")],
  read: (input) => readers[kind](input),
  limits: { seconds: 0.5 },
};
