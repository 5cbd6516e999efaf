// Following jobs: an end, failures to read the queue, and failures that do not end.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CellStatus } from "./states.ts";
import { wait } from "./wait.ts";

const state = (name: CellStatus["state"], job?: string): CellStatus =>
  ({ cell: {}, state: name, detail: "", ...(job === undefined ? {} : { job }) }) as CellStatus;

/** Returns each value once, the last one for ever; errors are thrown. */
function sequence(...values: (readonly CellStatus[] | Error)[]) {
  let call = 0;
  return async () => {
    const value = values[Math.min(call++, values.length - 1)]!;
    if (value instanceof Error) throw value;
    return value;
  };
}

describe("wait", () => {
  let printed: string[];
  beforeEach(() => {
    printed = [];
    vi.useFakeTimers();
    vi.spyOn(process.stderr, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  const ended = async <T>(promise: Promise<T>): Promise<T | Error> => {
    const settled = promise.catch((error: Error) => error);
    await vi.advanceTimersByTimeAsync(1e6);
    return settled;
  };

  it("prints each change of the states, until no cell has a job", async () => {
    const last = [state("finished"), state("failed")];
    const running = [state("running", "1_0"), state("waiting", "1_1")];
    expect(await ended(wait(sequence(running, running, last)))).toBe(last);
    expect(printed).toEqual(["0 of 2 finished, 1 running, 1 waiting\n", "1 of 2 finished, 1 failed\n"]);
  });

  it("continues after failures to read the queue", async () => {
    const last = [state("finished")];
    expect(await ended(wait(sequence(new Error("squeue failed: no answer"), last)))).toBe(last);
    expect(printed).toEqual(["squeue failed: no answer; trying again\n", "1 of 1 finished\n"]);
  });

  it("ends with the error if the queue cannot be read ten times", async () => {
    const result = await ended(wait(sequence(new Error("squeue failed: no answer"))));
    expect(result).toEqual(new Error("squeue failed: no answer"));
  });
});
