// A cell of a grid, by the names that the user gave.

import type { DatasetChoice } from "../recipe/dataset.ts";

export interface GridCell {
  readonly method: string;
  readonly dataset: DatasetChoice;
  readonly seed: number;
}
