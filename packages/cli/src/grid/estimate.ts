// The estimate of a grid's remaining time, from the times that finished cells took for each stage, the progress of the
// running cells, and the number that run at the same time.

export interface GridEstimate {
  started(cell: string, method: string): void;
  stage(cell: string, name: string): void;
  progress(cell: string, done: number, total: number): void;
  /** @param isTypical whether its times apply to other cells: false if it was finished before this grid, or failed */
  ended(cell: string, isTypical: boolean): void;
  /** Seconds until this running cell ends; undefined while no cell has finished. */
  cellSeconds(cell: string): number | undefined;
  /** Seconds until this running cell ends its current stage; undefined before its rate is known. */
  stageSeconds(cell: string): number | undefined;
  /** Seconds until all cells have ended. @param waiting methods of the cells that have not started, in their order */
  gridSeconds(waiting: readonly string[], jobs: number): number | undefined;
}

interface Stage {
  readonly name: string;
  readonly startedAt: number;
  done: number;
  total: number;
  /** The first report. The rate is measured from there, because a resumed cell begins its stage in the middle. */
  first?: { readonly done: number; readonly at: number };
}

interface Cell {
  readonly method: string;
  stage: Stage;
  readonly seconds: Map<string, number>;
}

/** Mean seconds of each stage, in the stages' order. */
type Profile = ReadonlyMap<string, number>;

/** Makes the estimate of one grid. @param now the clock, in milliseconds */
export function createGridEstimate(now: () => number = () => performance.now()): GridEstimate {
  const running = new Map<string, Cell>();
  const finished: Cell[] = [];

  const secondsSince = (at: number) => (now() - at) / 1e3;
  const newStage = (name: string): Stage => ({ name, startedAt: now(), done: 0, total: 0 });
  const closeStage = ({ seconds, stage }: Cell) =>
    seconds.set(stage.name, (seconds.get(stage.name) ?? 0) + secondsSince(stage.startedAt));

  const profileOf = (method: string): Profile | undefined => {
    const sameMethod = finished.filter((cell) => cell.method === method);
    const peers = sameMethod.length > 0 ? sameMethod : finished;
    if (peers.length === 0) return undefined;
    const order = [...new Set(peers.toReversed().flatMap(({ seconds }) => [...seconds.keys()]))];
    const mean = (name: string) => peers.reduce((sum, { seconds }) => sum + (seconds.get(name) ?? 0), 0) / peers.length;
    return new Map(order.map((name) => [name, mean(name)]));
  };

  const secondsByRate = ({ first, done, total }: Stage): number | undefined => {
    if (first === undefined || done <= first.done) return undefined;
    const rate = (done - first.done) / secondsSince(first.at);
    return (total - done) / rate;
  };

  const cellSeconds = (cell: Cell): number | undefined => {
    const profile = profileOf(cell.method);
    if (profile === undefined) return undefined;
    const { stage, seconds } = cell;
    const current = secondsByRate(stage) ?? Math.max(0, (profile.get(stage.name) ?? 0) - secondsSince(stage.startedAt));
    const laterStages = [...profile].filter(([name]) => name !== stage.name && !seconds.has(name));
    return laterStages.reduce((sum, [, s]) => sum + s, current);
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
    ended(name, isTypical) {
      const cell = running.get(name);
      running.delete(name);
      if (!cell || !isTypical) return;
      closeStage(cell);
      finished.push(cell);
    },
    cellSeconds: (name) => (running.has(name) ? cellSeconds(running.get(name)!) : undefined),
    stageSeconds: (name) => (running.has(name) ? secondsByRate(running.get(name)!.stage) : undefined),
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
