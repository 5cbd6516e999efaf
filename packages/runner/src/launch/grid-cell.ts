// A cell of a grid.

import type { DatasetChoice } from "../recipe/dataset.ts";

export interface GridCell {
  readonly method: string;
  readonly dataset: DatasetChoice;
  readonly seed: number;
  /** The name of the recipe's variant; undefined for the recipe itself. */
  readonly variant?: string;
  /** A value of `--set` for this cell alone, such as `rank=4`. */
  readonly setting?: string;
}
