// How a grid starts the process of a cell and exchanges messages with it. The grid uses local-processes.ts; tests use
// processes that do not exist.

/** One process: `node ...arguments`, with these environment variables added to the grid's own. */
export interface CellJob {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface ProcessStarter {
  /** Starts a job, and reports its output and messages to the observer. */
  submit(job: CellJob, observer: JobObserver): SubmittedCell;
}

export interface JobObserver {
  /** A value that the job sent through its channel, a copy made by JSON or structured clone. */
  message(received: unknown): void;
  /** Any text that the job prints, in pieces. It is shown and logged, and decides nothing. */
  output(text: string, stream: OutputStream): void;
}

export type OutputStream = "stdout" | "stderr";

export interface SubmittedCell {
  readonly ended: Promise<CellEnd>;
  /** Asks the cell to stop where it can resume later; it exits with this code. */
  stop(code: number): void;
  /** Kills the cell's process. */
  kill(): void;
}

export interface CellEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the cell could not be started. */
  readonly error?: string;
}
