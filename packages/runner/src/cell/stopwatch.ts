// Measures the seconds of named stages that follow each other.

export interface Stopwatch {
  /** Seconds by stage. */
  readonly laps: Record<string, number>;
  /** Seconds that other processes spent on stages, which `laps` includes. */
  readonly ofOthers: number;
  /**
   * Ends a stage, which began at the last `lap` or `restart`.
   *
   * @param otherSeconds what other processes spent on it
   */
  lap(name: string, otherSeconds?: number): void;
  /** Starts the next stage without counting the time since the last lap. */
  restart(): void;
}

export function stopwatch(): Stopwatch {
  let last = performance.now();
  let ofOthers = 0;
  const laps: Record<string, number> = {};
  return {
    laps,
    get ofOthers() {
      return ofOthers;
    },
    lap(name, otherSeconds = 0) {
      laps[name] = (performance.now() - last) / 1e3 + otherSeconds;
      ofOthers += otherSeconds;
      last = performance.now();
    },
    restart() {
      last = performance.now();
    },
  };
}
