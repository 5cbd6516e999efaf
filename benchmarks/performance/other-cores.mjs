// Measures how many cores other programs use while one process is measured. On a virtual machine, time that the host
// gives to others counts, too.

import { readFileSync } from "node:fs";

/** Ticks of /proc in a second; Linux reports this number to all programs (USER_HZ). */
const TICKS = 100;

/**
 * Starts to watch. The returned function gives the mean number of cores that everything except this process has used
 * since, or undefined where the system does not say (it is read from Linux's /proc).
 *
 * @param {number | undefined} pid
 * @returns {() => number | undefined}
 */
export function watchOthers(pid) {
  const start = performance.now();
  const before = cpuSeconds(pid);
  return () => {
    const after = cpuSeconds(pid);
    if (!before || !after) return undefined;
    const seconds = (performance.now() - start) / 1e3;
    const others = (after.all - before.all - (after.own - before.own)) / seconds;
    return Math.round(100 * Math.max(0, others)) / 100;
  };
}

/** @param {number | undefined} pid */
function cpuSeconds(pid) {
  try {
    const [, ...fields] = readFileSync("/proc/stat", "utf8").split("\n", 1)[0].split(/ +/).map(Number);
    const [user, nice, system, , , irq, softirq, steal = 0] = fields;
    // The second field, the program's name in parentheses, may contain spaces.
    const own = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return {
      all: (user + nice + system + irq + softirq + steal) / TICKS,
      own: (Number(own[11]) + Number(own[12])) / TICKS,
    };
  } catch {
    return undefined;
  }
}
