// How long a grid will still take: from the stages' times of cells that have finished, the progress of those that run, and how many run
// at the same time.

export interface GridEstimate {
  started(cell: string, method: string): void;
  stage(cell: string, name: string): void;
  progress(cell: string, done: number, total: number): void;
  /** @param counts whether its times say anything about others: not if it was finished before, or failed */
  ended(cell: string, counts: boolean): void;
  /** Seconds until this running cell ends; undefined while no cell has finished. */
  cellSeconds(cell: string): number | undefined;
  /** Seconds until this running cell ends its present stage; undefined before its rate is known. */
  stageSeconds(cell: string): number | undefined;
  /** Seconds until all cells have ended, those of `waiting` methods, in this order, included. */
  gridSeconds(waiting: readonly string[], jobs: number): number | undefined;
}

interface Stage {
  readonly name: string;
  readonly startedAt: number;
  done: number;
  total: number;
  /** A resumed cell begins its stage in the middle, so the rate counts from the first report. */
  first?: { readonly done: number; readonly at: number };
}

interface Cell {
  readonly method: string;
  stage: Stage;
  readonly seconds: Map<string, number>;
}

/** Mean seconds of each stage, in the stages' order. */
type Profile = ReadonlyMap<string, number>;

/** @param now in milliseconds */
export function createGridEstimate(now: () => number = () => performance.now()): GridEstimate {
  const running = new Map<string, Cell>();
  const finished: Cell[] = [];

  const since = (at: number) => (now() - at) / 1e3;
  const newStage = (name: string): Stage => ({ name, startedAt: now(), done: 0, total: 0 });
  const closeStage = ({ seconds, stage }: Cell) =>
    seconds.set(stage.name, (seconds.get(stage.name) ?? 0) + since(stage.startedAt));

  const profileOf = (method: string): Profile | undefined => {
    const same = finished.filter((cell) => cell.method === method);
    const peers = same.length > 0 ? same : finished;
    if (peers.length === 0) return undefined;
    const order = [...new Set(peers.toReversed().flatMap(({ seconds }) => [...seconds.keys()]))];
    const mean = (name: string) => peers.reduce((sum, { seconds }) => sum + (seconds.get(name) ?? 0), 0) / peers.length;
    return new Map(order.map((name) => [name, mean(name)]));
  };

  const byRate = ({ first, done, total }: Stage): number | undefined => {
    if (first === undefined || done <= first.done) return undefined;
    const rate = (done - first.done) / since(first.at);
    return (total - done) / rate;
  };

  const cellSeconds = (cell: Cell): number | undefined => {
    const profile = profileOf(cell.method);
    if (profile === undefined) return undefined;
    const { stage, seconds } = cell;
    const current = byRate(stage) ?? Math.max(0, (profile.get(stage.name) ?? 0) - since(stage.startedAt));
    const after = [...profile].filter(([name]) => name !== stage.name && !seconds.has(name));
    return after.reduce((sum, [, s]) => sum + s, current);
  };

  return {
    started: (cell, method) => void running.set(cell, { method, stage: newStage("start"), seconds: new Map() }),
    stage(name, stage) {
      const cell = running.get(name);
      if (!cell) return;
      closeStage(cell);
      cell.stage = newStage(stage);
    },
    progress(name, done, total) {
      const stage = running.get(name)?.stage;
      if (!stage) return;
      stage.first ??= { done, at: now() };
      stage.done = done;
      stage.total = total;
    },
    ended(name, counts) {
      const cell = running.get(name);
      running.delete(name);
      if (!cell || !counts) return;
      closeStage(cell);
      finished.push(cell);
    },
    cellSeconds: (name) => (running.has(name) ? cellSeconds(running.get(name)!) : undefined),
    stageSeconds: (name) => (running.has(name) ? byRate(running.get(name)!.stage) : undefined),
    gridSeconds(waiting, jobs) {
      if (finished.length === 0) return undefined;
      const ends = [...running.values()].map((cell) => cellSeconds(cell)!);
      while (ends.length < jobs) ends.push(0);
      for (const method of waiting) {
        const earliest = ends.indexOf(Math.min(...ends));
        ends[earliest]! += [...profileOf(method)!.values()].reduce((a, b) => a + b, 0);
      }
      return Math.max(...ends);
    },
  };
}
