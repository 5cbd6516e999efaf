// The data of the page's script, as JSON in the page. The script imports these types.

import type { PairDifference } from "../pair-difference.ts";

/** Chart.js's names of marks. */
export type Shape = "circle" | "rect" | "triangle" | "rectRot" | "star" | "crossRot" | "cross" | "rectRounded";

/** How a method looks in every chart: shape and dash tell methods apart without colour. */
export interface Mark {
  shape: Shape;
  /** Drawn as an outline. */
  hollow: boolean;
  /** Lengths of dashes and gaps of a line, in pixels; empty for a solid line. */
  dash: number[];
  light: string;
  dark: string;
}

export interface PageMetric {
  name: string;
  title: string;
  unit: string;
  better: "lower" | "higher";
  /** False if neither a lower nor a higher value is the better one, as for the copy rate. */
  ordered: boolean;
}

/** The mean over all datasets, each counted once. */
export interface PageAverage {
  mean: number;
  text: string;
  /** The 95 % interval; null if it is unknown. */
  interval: [low: number, high: number] | null;
  intervalText: string;
  /** True if the interval reflects the finite number of samples only, not the spread over seeds. */
  samplesOnly: boolean;
}

export interface PageMethod {
  label: string;
  mark: Mark;
  /** One per metric; null unless every dataset has a value. */
  averages: (PageAverage | null)[];
}

/** Indices of method and dataset, the seed, 1 for a finished run or 0 for a diverged one, a value per metric. */
export type PageRun = [method: number, dataset: number, seed: number, finished: 0 | 1, values: (number | null)[]];

/** Curves of one quantity over the steps of training. */
export interface PageCurves {
  title: string;
  note: string;
  series: {
    method: number;
    dataset: number;
    /** The mean over seeds, with the lowest and the highest value. */
    points: [step: number, mean: number, low: number, high: number][];
  }[];
}

/** Strips of images as data URLs; the other fields refer to them by index. */
export interface PageGallery {
  images: string[];
  /** Class of each column. */
  columns: { dataset: number; classes: string[] }[];
  real: { dataset: number; image: number }[];
  /** Samples of the base model, with the label of its row. */
  base: { dataset: number; seed: number; label: string; image: number }[];
  /** Whether the base model was sampled with the classes of the columns. */
  baseHasClasses: boolean;
  samples: { method: number; dataset: number; seed: number; image: number }[];
}

export interface PageData {
  metrics: PageMetric[];
  datasets: string[];
  methods: PageMethod[];
  /** Index of the method that the answer is about; null if no method has an average. */
  best: number | null;
  /** The base model's average FID. */
  baseFid: PageAverage | null;
  runs: PageRun[];
  curves: PageCurves[];
  differences: PairDifference[];
  /** What a difference is taken over: "dataset" or "seed". */
  pairedOver: string;
  gallery: PageGallery;
  /** The page's tag if a server sends it: the script loads it again when the tag has changed. Else null. */
  follow: string | null;
}
