// How much of the machine other processes use meanwhile: times measured beside other work are not comparable.

import { cpus } from "node:os";

/**
 * Starts measuring. The returned function gives the core-seconds that other processes have used since: busy time of all
 * cores (`os.cpus()`, in ticks of 10 ms on Linux, so that short spans may come out negative) minus that of this
 * process. In a container the cores are the host's.
 */
export function measureOtherLoad(): () => number {
  const busy = busySeconds();
  const own = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(own);
    return busySeconds() - busy - (user + system) / 1e6;
  };
}

function busySeconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1e3;
}
