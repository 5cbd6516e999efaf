// Measures the seconds of named stages that follow each other.

export interface Stopwatch {
  /** Seconds by stage. */
  readonly laps: Record<string, number>;
  /** Seconds that earlier processes spent on stages, which `laps` includes. */
  readonly earlier: number;
  /**
   * Ends a stage, which began at the last `lap` or `restart`.
   *
   * @param earlierSeconds what earlier processes spent on it
   */
  lap(name: string, earlierSeconds?: number): void;
  /** Starts the next stage without counting the time since the last lap. */
  restart(): void;
}

export function stopwatch(): Stopwatch {
  let last = performance.now();
  let earlier = 0;
  const laps: Record<string, number> = {};
  return {
    laps,
    get earlier() {
      return earlier;
    },
    lap(name, earlierSeconds = 0) {
      laps[name] = (performance.now() - last) / 1e3 + earlierSeconds;
      earlier += earlierSeconds;
      last = performance.now();
    },
    restart() {
      last = performance.now();
    },
  };
}
