// Records whose names try to break out of HTML, of a script, and of a shell's word.

import type { RunRecord } from "@dit-bench/record";
import { methods, syntheticRecords } from "../synthetic.test.data.ts";

const tags = `"'><img src=x onerror=hacked=1></script><script>hacked=1</script><!--`;
/** Markup that sets `window.hacked` wherever it is taken as markup or as script. */
export const hostileText = `${tags}\u202e\${hacked=1}\`;$(x)`;

export function hostileRecords(): RunRecord[] {
  return syntheticRecords({ methods: methods.slice(0, 3), datasets: ["food", "sun"] }).map((record) => ({
    ...record,
    recipe: `mini${hostileText}`,
    protocol: `mini/1+${hostileText}`,
    cell: {
      ...record.cell,
      method: record.cell.method === "full" ? "full" : `${record.cell.method}${hostileText}`,
      methodLabel: `${record.cell.methodLabel}${hostileText}`,
      methodSource: hostileText,
      options: record.cell.method === "full" ? {} : { [hostileText]: hostileText },
      dataset: `${record.cell.dataset}${hostileText}`,
      datasetTitle: `${record.cell.datasetTitle}${hostileText}`,
    },
    data: { ...record.data, classes: record.data.classes.map((name) => name + hostileText) },
    settings: { [hostileText]: { about: hostileText, value: [hostileText] } },
    versions: { [hostileText]: hostileText },
    machine: { ...record.machine, cpu: hostileText, os: hostileText },
    engine: { ...record.engine, name: hostileText },
    code: { ...record.code, version: hostileText },
    metrics: { ...record.metrics!, extractor: hostileText, resizer: hostileText },
  }));
}
