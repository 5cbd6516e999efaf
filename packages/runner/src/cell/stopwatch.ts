// Seconds of named stages, one after the other.

/** `lap` ends a stage that began at the last `lap` or `restart`. */
export interface Stopwatch {
  readonly laps: Record<string, number>;
  lap(name: string): void;
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
