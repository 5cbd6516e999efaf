// Which runs have times that apply to other runs of the same kind.

import type { RunRecord } from "@dit-bench/record";

/** False for a run whose training went on from a checkpoint or from a shorter run. */
export const isWholeTraining = ({ training }: RunRecord): boolean =>
  training.resumes === 0 && training.continuedFrom === undefined;
