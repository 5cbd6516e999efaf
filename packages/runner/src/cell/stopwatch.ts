// Measures the seconds of named stages that follow each other.

export interface Stopwatch {
  /** Seconds by stage. */
  readonly laps: Record<string, number>;
  /** Ends a stage, which began at the last `lap` or `restart`. */
  lap(name: string): void;
  /** Starts the next stage without counting the time since the last lap. */
  restart(): void;
}

export function stopwatch(): Stopwatch {
  let last = performance.now();
  const laps: Record<string, number> = {};
  return {
    laps,
    lap(name) {
      laps[name] = (performance.now() - last) / 1e3;
      last = performance.now();
    },
    restart() {
      last = performance.now();
    },
  };
}
