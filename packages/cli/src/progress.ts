// Progress on stderr: on a terminal one line that is redrawn, elsewhere a line every 30 seconds.

import type { Listener } from "@dit-bench/runner";
import { printable } from "@dit-bench/text";

/** Time between two lines if stderr is no terminal. */
const lineMs = 30_000;
const redrawMs = 100;
const barWidth = 24;

export interface Terminal {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  now(): number;
}

/** Describes stderr. A terminal of type `dumb` is treated as none: it would print the codes that redraw a line. */
export const stderrTerminal = (isTTY = process.stderr.isTTY, term = process.env.TERM): Terminal => ({
  write: (text) => void process.stderr.write(text),
  isTTY: Boolean(isTTY) && term !== "dumb",
  get columns() {
    return process.stderr.columns || 80; // read each time: the width may change; some terminals report 0
  },
  get rows() {
    return process.stderr.rows || 24;
  },
  now: () => performance.now(),
});

/** Returns a listener that shows stages and progress. `clear` erases the progress line. */
export function showProgress(terminal: Terminal, stopping: () => boolean): Listener & { clear(): void } {
  let stage = "";
  let started = 0;
  let firstDone = 0;
  let shownAt = 0;
  let hasLine = false;
  const clear = () => {
    if (hasLine) terminal.write("\r\x1b[2K");
    hasLine = false;
  };
  return {
    stopping,
    clear,
    stage(name, detail) {
      clear();
      stage = name;
      started = shownAt = terminal.now();
      firstDone = Number.NaN;
      terminal.write(detail ? `${name}: ${printable(detail)}\n` : `${name}\n`);
    },
    progress(done, total, note) {
      const now = terminal.now();
      if (Number.isNaN(firstDone)) {
        firstDone = done;
        started = now;
      }
      const pause = terminal.isTTY ? redrawMs : lineMs;
      if (now - shownAt < pause) return;
      shownAt = now;
      const line = describeProgress(stage, done, total, firstDone, (now - started) / 1e3, note, terminal.isTTY);
      if (!terminal.isTTY) return terminal.write(`${line}\n`);
      terminal.write(`\r\x1b[2K${line.slice(0, terminal.columns - 1)}`);
      hasLine = true;
    },
    note(text) {
      clear();
      terminal.write(`${escapeLines(text)}\n`);
    },
  };
}

/** Escapes control characters in each line: the text may have names of files or tensors from anyone. */
const escapeLines = (text: string): string => text.split("\n").map(printable).join("\n");

/** Returns the progress line. @param seconds time since `firstDone` was reported */
function describeProgress(
  stage: string,
  done: number,
  total: number,
  firstDone: number,
  seconds: number,
  note: string | undefined,
  hasBar: boolean,
): string {
  const rate = (done - firstDone) / seconds;
  const filled = Math.round((barWidth * done) / total);
  const parts = [
    stage.padEnd(11),
    hasBar ? `[${"=".repeat(filled)}${" ".repeat(barWidth - filled)}]` : "",
    `${done}/${total}`,
  ];
  if (rate > 0)
    parts.push(
      rate >= 1 ? `${rate.toFixed(1)}/s` : `${(1 / rate).toFixed(1)} s each`,
      `${formatDuration((total - done) / rate)} left`,
    );
  if (note) parts.push(printable(note));
  return parts.filter(Boolean).join("  ");
}

/** Returns a duration as text, such as "1 min 15 s" for 75 seconds. */
export function formatDuration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
