// The display of a grid, on terminals of several sizes and without one.

import stringWidth from "string-width";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Terminal } from "../progress.ts";
import { createGridDisplay } from "./display.ts";
import { createGridEstimate } from "./estimate.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("NO_COLOR", "1");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** ESC: the linter does not allow its literal in regular expressions. */
const esc = String.fromCharCode(27);

interface Size {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** A screen that does what the display's codes ask: move up and down, erase a line. */
function createScreen(cells: readonly string[], { isTTY = true, columns = 80, rows = 24 }: Size = {}) {
  let written = "";
  const size = { columns, rows };
  const terminal: Terminal = {
    write: (text) => {
      written += text;
    },
    isTTY,
    get columns() {
      return size.columns;
    },
    get rows() {
      return size.rows;
    },
    now: () => Date.now(),
  };
  const estimate = createGridEstimate(() => Date.now());
  let redraw = () => {};
  let isWatching = false;
  const display = createGridDisplay(terminal, estimate, { cells, secondsLeft: () => 90 }, (call) => {
    redraw = call;
    isWatching = true;
    return () => {
      isWatching = false;
    };
  });
  /** The lines on the screen, down to the cursor. */
  const lines = (): string[] => {
    const text: string[] = [""];
    let row = 0;
    for (const part of written.split(new RegExp(`(${esc}\\[\\d*[A-Za-z]|\\n)`))) {
      const [, count, letter] = new RegExp(`^${esc}\\[(\\d*)([FEK])$`).exec(part) ?? [];
      if (part === "\n") row++;
      else if (letter === "F") row = Math.max(0, row - Number(count));
      else if (letter === "E") row++;
      else if (letter === "K") text[row] = "";
      else if (part.includes(esc)) throw new Error(`unexpected code ${JSON.stringify(part)}`);
      else text[row] = (text[row] ?? "") + part;
    }
    return Array.from({ length: row + 1 }, (_, i) => text[i] ?? "");
  };
  return {
    display,
    estimate,
    lines,
    written: () => written,
    resize(next: { columns: number; rows: number }) {
      Object.assign(size, next);
      redraw();
    },
    isWatching: () => isWatching,
  };
}

const manyCells = (count: number) => Array.from({ length: count }, (_, i) => `flowers lora seed ${i}`);

describe("on a terminal", () => {
  it("shows every cell with its state, loss and time left in one table that is redrawn in place", () => {
    const [a, b, c] = manyCells(3) as [string, string, string];
    const { display, estimate, lines } = createScreen([a, b, c]);
    estimate.started(a, "lora");
    display.started(a);
    display.stage(a, "train");
    estimate.progress(a, 0, 100);
    display.progress(a, 0, 100, "0.5000");
    vi.advanceTimersByTime(5000);
    estimate.progress(a, 50, 100);
    display.progress(a, 50, 100, "0.0412");
    display.started(b);
    vi.advanceTimersByTime(1000);
    expect(lines()).toEqual([
      "cell                 state                      done    loss    FID   time left",
      "flowers lora seed 0  train     [======     ]  50/100  0.0412               >4 s",
      "flowers lora seed 1  start",
      "flowers lora seed 2  waiting",
      "0 of 3 done, 2 running, 1 waiting, about 1 min 30 s left",
      "",
    ]);
    display.ended(a, { state: "finished", fid: 25.517, line: "not shown" });
    expect(lines().slice(1, 4)).toEqual([
      expect.stringMatching(/^flowers lora seed 0 {2}finished {20,}0\.0412 {2}25\.52$/),
      "flowers lora seed 1  start",
      "flowers lora seed 2  waiting",
    ]);
    expect(lines().at(-2)).toBe("1 of 3 done, 1 running, 1 waiting, about 1 min 30 s left");
  });

  it("drops the progress on a screen of 60 columns before it cuts the names of cells", () => {
    const { display, lines } = createScreen(["flowers difffit seed 0", "food lora seed 0"], { columns: 60 });
    display.started("flowers difffit seed 0");
    display.progress("flowers difffit seed 0", 10, 100, "0.0412");
    vi.advanceTimersByTime(1000);
    expect(lines().slice(0, 3)).toEqual([
      "cell                    state       loss    FID   time left",
      "flowers difffit seed 0  start     0.0412",
      "food lora seed 0        waiting",
    ]);
  });

  it("keeps a line above the table for a failure and for a note, and the whole table at the end", () => {
    const cells = manyCells(30);
    const { display, lines, isWatching } = createScreen(cells, { rows: 12 });
    display.started(cells[0]!);
    display.ended(cells[0]!, { state: "failed", line: "[1/30] flowers lora seed 0: failed with exit code 1: no luck" });
    display.note("bench: stopping at the next safe place");
    expect(lines().slice(0, 2)).toEqual([
      "[1/30] flowers lora seed 0: failed with exit code 1: no luck",
      "bench: stopping at the next safe place",
    ]);
    expect(lines().at(-2)).toMatch(/^1 of 30 done \(1 failed\), 29 waiting/);
    display.close();
    expect(lines().slice(2)).toEqual([
      expect.stringMatching(/^cell +state +loss +FID$/),
      "flowers lora seed 0  failed",
      "… 29 waiting",
      "",
      "",
    ]);
    expect(isWatching()).toBe(false);
    vi.advanceTimersByTime(60_000);
    display.note("after the end");
    expect(lines()).toHaveLength(2 + 3 + 3);
  });

  it.each([24, 40, 12, 6])("draws no more lines than a screen of %i rows has, with every running cell", (rows) => {
    const cells = manyCells(48);
    const { display, lines } = createScreen(cells, { rows });
    for (const name of cells.slice(0, 20)) {
      display.started(name);
      display.ended(name, { state: "finished", fid: 1, line: "" });
    }
    for (const name of cells.slice(20, 22)) display.started(name);
    vi.advanceTimersByTime(2000);
    const shown = lines();
    expect(shown.length).toBeLessThanOrEqual(rows);
    for (const name of cells.slice(20, 22)) expect(shown.join("\n")).toContain(`${name}  start`);
    if (rows < 10) return;
    const hidden = [/^… (\d+) cells that ended before$/, /^… (\d+) waiting$/].map((pattern) =>
      Number(pattern.exec(shown.find((line) => pattern.test(line)) ?? "")?.[1] ?? 0),
    );
    const cellLines = shown.filter((line) => line.startsWith("flowers")).length;
    expect(cellLines + hidden[0]! + hidden[1]!).toBe(48);
  });

  it.each([24, 40, 80, 120])("keeps every line below %i columns, whatever the names", (columns) => {
    const names = ["玫瑰".repeat(20), "x".repeat(100), "a\x1b[2Jb"];
    const { display, lines } = createScreen(names, { columns });
    for (const name of names) {
      display.started(name);
      display.stage(name, "a stage with a long name");
      display.progress(name, 123, 456, "0.1234");
    }
    vi.advanceTimersByTime(2000);
    expect(lines()).toHaveLength(1 + 3 + 1 + 1);
    for (const line of lines()) expect(stringWidth(line), line).toBeLessThan(columns);
  });

  it("erases what it drew when the screen has become narrower and its lines have wrapped", () => {
    const { display, written, resize } = createScreen(manyCells(2));
    display.started("flowers lora seed 0");
    display.stage("flowers lora seed 0", "train");
    display.progress("flowers lora seed 0", 50, 100, "0.0412");
    vi.advanceTimersByTime(1000);
    const before = written().length;
    resize({ columns: 40, rows: 24 });
    const widths = written()
      .slice(0, before)
      .split(`${esc}[4F`)
      .at(-1)!
      .trimEnd()
      .split("\n")
      .map((line) => stringWidth(line));
    const wrapped = widths.reduce((sum, width) => sum + Math.ceil(width / 40), 0);
    expect(wrapped).toBeGreaterThan(widths.length);
    expect(written().slice(before)).toMatch(new RegExp(`^${esc}\\[${wrapped}F${esc}\\[2K`));
  });

  it("shows progress beyond the total, and stages with control characters, which a plug-in may report", () => {
    const { display, lines } = createScreen(["a"]);
    display.started("a");
    display.stage("a", "\x1b[2J");
    display.progress("a", 500, 100);
    vi.advanceTimersByTime(1100);
    expect(lines()[1]).toMatch(/^a {5}\\x1b\[2J {3}\[=+\] 500\/100$/);
  });
});

describe("elsewhere", () => {
  it("prints a line for each cell that has ended and one every thirty seconds, and moves no cursor", () => {
    const cells = manyCells(3);
    const { written, display } = createScreen(cells, { isTTY: false });
    display.started(cells[0]!);
    display.stage(cells[0]!, "train");
    display.progress(cells[0]!, 50, 100, "0.0412");
    vi.advanceTimersByTime(31_000);
    display.ended(cells[0]!, { state: "finished", fid: 1, line: "[1/3] flowers lora seed 0: FID 1.00" });
    display.note("bench: stopping");
    display.close();
    vi.advanceTimersByTime(60_000);
    expect(written()).toBe(
      "0 of 3 done, 1 running, 2 waiting, about 1 min 30 s left; running: flowers lora seed 0 train 50/100\n" +
        "[1/3] flowers lora seed 0: FID 1.00\nbench: stopping\n",
    );
  });

  it("escapes control characters of stages", () => {
    const { written, display } = createScreen(["a"], { isTTY: false });
    display.started("a");
    display.stage("a", "\x1b[2J");
    vi.advanceTimersByTime(31_000);
    expect(written()).toContain("running: a \\x1b[2J");
  });
});
