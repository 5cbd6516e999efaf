// A cell of a grid.

import type { DatasetChoice } from "../recipe/dataset.ts";

export interface GridCell {
  readonly method: string;
  readonly dataset: DatasetChoice;
  readonly seed: number;
  /** A value of `--set` for this cell alone, such as `rank=4`. */
  readonly setting?: string;
}
