// The estimate of a grid's remaining time, from the times that finished cells took for each stage, the progress of the
// running cells, and the number that run at the same time.

import { makespan } from "./makespan.ts";

export interface GridEstimate {
  started(cell: string, method: string): void;
  stage(cell: string, name: string): void;
  progress(cell: string, done: number, total: number): void;
  /** @param isTypical whether its times apply to other cells: false if it failed, or if some of it was done before */
  ended(cell: string, isTypical: boolean): void;
  /** Seconds until this running cell ends; undefined while no cell has finished. */
  cellSeconds(cell: string): number | undefined;
  /** Seconds until this running cell ends its current stage; undefined before its rate is known. */
  stageSeconds(cell: string): number | undefined;
  /** Seconds until all cells have ended. @param waiting methods of the cells that have not started, in their order */
  gridSeconds(waiting: readonly string[], jobs: number): number | undefined;
}

/** What a cell has reported about a stage. It may begin a stage again: training, an FID of few samples, training. */
interface Stage {
  /** How often it has begun. */
  visits: number;
  /** Seconds of its earlier visits. */
  seconds: number;
  done: number;
  total: number;
  /** Whether a later visit counts on where the one before ended, as training does, and does not begin at 0. */
  isContinued: boolean;
  /** Progress and time between the first and the last report of each visit, which give its rate. */
  measured: { done: number; seconds: number };
  /** The last report of a visit that lasts. A resumed cell begins in the middle, so the first one gives no rate. */
  last?: { readonly done: number; readonly at: number } | undefined;
}

interface Cell {
  readonly method: string;
  /** Stages in the order in which they began. */
  readonly stages: Map<string, Stage>;
  current: string;
  /** When the current stage began this time. */
  since: number;
}

/** A stage of finished cells: means over the cells. */
interface TypicalStage {
  readonly name: string;
  readonly seconds: number;
  readonly visits: number;
  readonly isContinued: boolean;
}

/** Makes the estimate of one grid. @param now the clock, in milliseconds */
export function createGridEstimate(now: () => number = () => performance.now()): GridEstimate {
  const running = new Map<string, Cell>();
  const finished: Cell[] = [];

  const secondsSince = (at: number) => (now() - at) / 1e3;
  const enter = (cell: Cell, name: string) => {
    const stage = cell.stages.get(name) ?? {
      ...{ visits: 0, seconds: 0, done: 0, total: 0, isContinued: false },
      measured: { done: 0, seconds: 0 },
    };
    stage.visits++;
    cell.stages.set(name, stage);
    cell.current = name;
    cell.since = now();
  };
  const leave = (cell: Cell) => {
    const stage = cell.stages.get(cell.current)!;
    stage.seconds += secondsSince(cell.since);
    stage.last = undefined;
  };

  /** The stages of finished cells of this method, or of all methods while none of it has finished. */
  const profileOf = (method: string): readonly TypicalStage[] | undefined => {
    const sameMethod = finished.filter((cell) => cell.method === method);
    const peers = sameMethod.length > 0 ? sameMethod : finished;
    if (peers.length === 0) return undefined;
    const names = new Set(peers.toReversed().flatMap(({ stages }) => [...stages.keys()]));
    return [...names].map((name) => {
      const found = peers.flatMap(({ stages }) => stages.get(name) ?? []);
      const mean = (key: "seconds" | "visits") => found.reduce((sum, stage) => sum + stage[key], 0) / peers.length;
      const isContinued = found.some((stage) => stage.isContinued);
      return { name, seconds: mean("seconds"), visits: mean("visits"), isContinued };
    });
  };

  /** Seconds for what was left of a stage at its last report, less the time since then if it runs. */
  const secondsByRate = ({ measured, done, total, last }: Stage): number | undefined => {
    if (measured.done === 0) return undefined;
    const left = ((total - done) * measured.seconds) / measured.done;
    return Math.max(0, left - (last === undefined ? 0 : secondsSince(last.at)));
  };
  /** The same for the current visit to a stage that begins at 0 each time: unknown before its first report. */
  const visitSeconds = (stage: Stage): number | undefined =>
    stage.last === undefined ? undefined : secondsByRate(stage);

  /** Seconds until the cell's last visit to a stage ends, without the other stages between its visits. */
  const stageSecondsLeft = (cell: Cell, { name, seconds, visits, isContinued }: TypicalStage): number => {
    const stage = cell.stages.get(name);
    if (stage === undefined) return seconds;
    const isCurrent = name === cell.current;
    const visitsLeft = Math.max(0, visits - stage.visits);
    const spent = isCurrent ? secondsSince(cell.since) : 0;
    if (isContinued) {
      if (!isCurrent && visitsLeft === 0) return 0;
      return secondsByRate(stage) ?? Math.max(0, seconds - stage.seconds - spent);
    }
    const ofVisit = seconds / visits;
    const ofThis = isCurrent ? (visitSeconds(stage) ?? Math.max(0, ofVisit - spent)) : 0;
    return ofThis + visitsLeft * ofVisit;
  };

  const cellSeconds = (cell: Cell): number | undefined => {
    const profile = profileOf(cell.method);
    if (profile === undefined) return undefined;
    const current = cell.stages.get(cell.current)!;
    const isKnown = profile.some(({ name }) => name === cell.current);
    const left = profile.reduce((sum, stage) => sum + stageSecondsLeft(cell, stage), 0);
    return isKnown ? left : left + (visitSeconds(current) ?? 0);
  };

  return {
    started(name, method) {
      const cell: Cell = { method, stages: new Map(), current: "start", since: now() };
      enter(cell, "start");
      running.set(name, cell);
    },
    stage(name, stage) {
      const cell = running.get(name);
      if (!cell) return;
      leave(cell);
      enter(cell, stage);
    },
    progress(name, done, total) {
      const cell = running.get(name);
      if (!cell) return;
      const stage = cell.stages.get(cell.current)!;
      if (stage.last === undefined) stage.isContinued ||= stage.visits > 1 && done > stage.done;
      else if (done > stage.last.done) {
        stage.measured.done += done - stage.last.done;
        stage.measured.seconds += secondsSince(stage.last.at);
      }
      if (done !== stage.last?.done) stage.last = { done, at: now() };
      stage.done = done;
      stage.total = total;
    },
    ended(name, isTypical) {
      const cell = running.get(name);
      running.delete(name);
      if (!cell || !isTypical) return;
      leave(cell);
      finished.push(cell);
    },
    cellSeconds: (name) => (running.has(name) ? cellSeconds(running.get(name)!) : undefined),
    stageSeconds(name) {
      const cell = running.get(name);
      return cell && visitSeconds(cell.stages.get(cell.current)!);
    },
    gridSeconds(waiting, jobs) {
      if (finished.length === 0) return undefined;
      return makespan(
        waiting.map((method) => profileOf(method)!.reduce((sum, { seconds }) => sum + seconds, 0)),
        jobs,
        [...running.values()].map((cell) => cellSeconds(cell)!),
      );
    },
  };
}
