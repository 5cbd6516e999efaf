// Progress on stderr: one line redrawn on a terminal, a line every thirty seconds elsewhere.

import type { Listener } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

const QUIET_SECONDS = 30;
const REDRAW_MS = 100;
const BAR = 24;

export interface Terminal {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  now(): number;
}

/** A dumb terminal counts as none: it would print the codes that redraw a line. */
export const stderrTerminal = (isTTY = process.stderr.isTTY, term = process.env.TERM): Terminal => ({
  write: (text) => void process.stderr.write(text),
  isTTY: Boolean(isTTY) && term !== "dumb",
  get columns() {
    return process.stderr.columns || 80; // may change, and is 0 on some terminals
  },
  get rows() {
    return process.stderr.rows || 24;
  },
  now: () => performance.now(),
});

/** A listener that draws; `clear` removes what stands on the present line. */
export function showProgress(terminal: Terminal, stopping: () => boolean): Listener & { clear(): void } {
  let stage = "";
  let started = 0;
  let firstDone = 0;
  let drawn = 0;
  let dirty = false;
  const clear = () => {
    if (dirty) terminal.write("\r\x1b[2K");
    dirty = false;
  };
  return {
    stopping,
    clear,
    stage(name, detail) {
      clear();
      stage = name;
      started = drawn = terminal.now();
      firstDone = Number.NaN;
      terminal.write(detail ? `${name}: ${printable(detail)}\n` : `${name}\n`);
    },
    progress(done, total, note) {
      const now = terminal.now();
      if (Number.isNaN(firstDone)) {
        firstDone = done;
        started = now;
      }
      const pause = terminal.isTTY ? REDRAW_MS : 1e3 * QUIET_SECONDS;
      if (now - drawn < pause) return;
      drawn = now;
      const line = describe(stage, done, total, firstDone, (now - started) / 1e3, note, terminal.isTTY);
      if (!terminal.isTTY) return terminal.write(`${line}\n`);
      terminal.write(`\r\x1b[2K${line.slice(0, terminal.columns - 1)}`);
      dirty = true;
    },
    note(text) {
      clear();
      terminal.write(`${safe(text)}\n`);
    },
  };
}

/** Names of files and of tensors are anybody's: what a terminal would obey is escaped, line by line. */
const safe = (text: string): string => text.split("\n").map(printable).join("\n");

function describe(
  stage: string,
  done: number,
  total: number,
  first: number,
  seconds: number,
  note: string | undefined,
  bar: boolean,
): string {
  const rate = (done - first) / seconds;
  const filled = Math.round((BAR * done) / total);
  const parts = [stage.padEnd(11), bar ? `[${"=".repeat(filled)}${" ".repeat(BAR - filled)}]` : "", `${done}/${total}`];
  if (rate > 0)
    parts.push(
      rate >= 1 ? `${rate.toFixed(1)}/s` : `${(1 / rate).toFixed(1)} s each`,
      `${formatDuration((total - done) / rate)} left`,
    );
  if (note) parts.push(printable(note));
  return parts.filter(Boolean).join("  ");
}

/** 75 -> "1 min 15 s" */
export function formatDuration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
