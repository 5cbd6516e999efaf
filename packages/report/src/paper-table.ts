// Table 1 of the DiffFit paper as data: Xie et al., "DiffFit: Unlocking Transferability of Large Diffusion Models via
// Simple Parameter-Efficient Fine-Tuning", ICCV 2023, arXiv 2304.06648. FID of DiT-XL/2, pretrained on ImageNet at
// 256×256, on eight datasets. The numbers were read from texts that quote the table. Each row's eight FIDs average to
// its published average, and the parameters agree with counts from the published shapes
// (packages/runner/src/reference).

/** The source, as a table's caption gives it. */
export const paperSource = "Table 1 of the DiffFit paper (Xie et al., ICCV 2023, arXiv 2304.06648)";

/** The paper's datasets, in its order. */
export const paperDatasets = [
  "Food",
  "SUN",
  "DF-20M",
  "Caltech",
  "CUB-Bird",
  "ArtBench",
  "Oxford Flowers",
  "Stanford Cars",
] as const;

export interface PaperRow {
  readonly label: string;
  /** In the order of `paperDatasets`. */
  readonly fids: readonly number[];
  readonly averageFid: number;
  /** Trained parameters on Food-101, in millions. */
  readonly parameters: number;
  /** Trained parameters in percent of the model's. */
  readonly percent: number;
  /** Training time over that of full fine-tuning. */
  readonly relativeTime: number;
  /** True if only the average, and not each FID, was found in a text that quotes the table. */
  readonly unchecked?: true;
}

export const paperRows: readonly PaperRow[] = [
  {
    label: "Full fine-tuning",
    fids: [10.46, 7.96, 17.26, 35.25, 5.68, 25.31, 21.05, 9.79],
    averageFid: 16.59,
    parameters: 673.8,
    percent: 100,
    relativeTime: 1,
  },
  {
    label: "Adapt-Parallel",
    fids: [13.67, 11.47, 22.38, 35.76, 7.73, 38.43, 21.24, 10.73],
    averageFid: 20.17,
    parameters: 4.28,
    percent: 0.63,
    relativeTime: 0.47,
    unchecked: true,
  },
  {
    label: "Adapt-Sequential",
    fids: [11.93, 10.68, 19.01, 34.17, 7.0, 35.04, 21.36, 10.45],
    averageFid: 18.7,
    parameters: 4.28,
    percent: 0.63,
    relativeTime: 0.43,
    unchecked: true,
  },
  {
    label: "BitFit",
    fids: [9.17, 9.11, 17.78, 34.21, 8.81, 24.53, 20.31, 10.64],
    averageFid: 16.82,
    parameters: 0.61,
    percent: 0.09,
    relativeTime: 0.45,
  },
  {
    label: "VPT-Deep",
    fids: [18.47, 14.54, 32.89, 42.78, 17.29, 40.74, 25.59, 22.12],
    averageFid: 26.8,
    parameters: 2.81,
    percent: 0.42,
    relativeTime: 0.5,
    unchecked: true,
  },
  {
    label: "LoRA-R8",
    fids: [33.75, 32.53, 120.25, 86.05, 56.03, 80.99, 164.13, 76.24],
    averageFid: 81.25,
    parameters: 1.15,
    percent: 0.17,
    relativeTime: 0.63,
  },
  {
    label: "LoRA-R16",
    fids: [34.34, 32.15, 121.51, 86.51, 58.25, 80.72, 161.68, 75.35],
    averageFid: 81.31,
    parameters: 2.18,
    percent: 0.32,
    relativeTime: 0.68,
    unchecked: true,
  },
  {
    label: "DiffFit",
    fids: [6.96, 8.55, 17.35, 33.84, 5.48, 20.87, 20.18, 9.9],
    averageFid: 15.39,
    parameters: 0.83,
    percent: 0.12,
    relativeTime: 0.49,
  },
];
