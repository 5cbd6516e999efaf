// Many cells, several at once, each a process of its own: a crash costs one cell, and every cell resumes by itself.

import { spawn } from "node:child_process";
import pLimit from "p-limit";

export interface GridCell {
  readonly method: string;
  readonly dataset: string;
  readonly seed: number;
}

export interface CellResult {
  readonly fid: number;
  readonly baseFid: number;
  readonly already: boolean;
}

export interface FinishedCell {
  readonly cell: GridCell;
  readonly exitCode: number;
  /** The JSON object of the cell's last line. */
  readonly result?: CellResult;
  /** The last thing it said on stderr. */
  readonly message: string;
}

export interface GridTask {
  readonly cells: readonly GridCell[];
  /** Arguments of Node for one cell; its last line on stdout must be a JSON object. */
  command(cell: GridCell): string[];
  readonly jobs: number;
  stopping(): boolean;
  /** Everything the cells print. */
  log(text: string): void;
  finished(cell: FinishedCell): void;
}

export async function runGrid(task: GridTask): Promise<{ failed: GridCell[]; stopped: boolean }> {
  const limit = pLimit(task.jobs);
  const failed: GridCell[] = [];
  let stopped = false;
  /** The first cell of a seed makes the base model's samples, which the others of that seed then find. */
  const first = new Map<number, Promise<void>>();
  const one = async (cell: GridCell) => {
    if (task.stopping()) {
      stopped = true;
      return;
    }
    const outcome = await runProcess(cell, task);
    if (task.stopping() && outcome.exitCode !== 0) stopped = true;
    else {
      if (outcome.exitCode !== 0) failed.push(cell);
      task.finished(outcome);
    }
  };
  await Promise.all(
    task.cells.map(async (cell) => {
      const leader = first.get(cell.seed);
      if (!leader) {
        const own = limit(() => one(cell));
        first.set(cell.seed, own);
        return own;
      }
      await leader;
      return limit(() => one(cell));
    }),
  );
  return { failed, stopped };
}

function runProcess(cell: GridCell, task: GridTask): Promise<FinishedCell> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, task.command(cell), { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    const name = `${cell.dataset} ${cell.method} seed ${cell.seed}`;
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk;
    });
    // Ctrl-C reaches the children of a terminal's foreground by itself; a signal sent to this process alone does not.
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGTERM", pass).on("SIGUSR2", pass);
    const done = (exitCode: number, message: string) => {
      process.off("SIGTERM", pass).off("SIGUSR2", pass);
      task.log(`== ${name}: exit code ${exitCode}\n${err}${out}`);
      const result = exitCode === 0 ? (JSON.parse(lastLine(out)) as CellResult) : undefined;
      resolve({ cell, exitCode, message, ...(result ? { result } : {}) });
    };
    child.on("error", (error) => done(1, error.message));
    child.on("close", (code, signal) => done(code ?? 128, signal ? `ended by ${signal}` : lastLine(err)));
  });
}

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";
