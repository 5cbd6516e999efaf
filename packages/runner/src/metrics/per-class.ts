// FID by class: the samples of a class against its training images.
//
// D = feature dimension

import { frechetDistance, statistics } from "@dit-bench/metrics";
import { fewestImages } from "./metric.ts";
import { selectRows } from "./rows.ts";

/** Features [N, D] of images, and the class of each. */
export interface LabelledFeatures {
  readonly features: Float32Array;
  readonly labels: Int32Array;
}

export interface ClassScores {
  readonly perClass: Readonly<Record<string, number>>;
  readonly perClassImages: Readonly<Record<string, { readonly generated: number; readonly real: number }>>;
}

/** Why there is no FID of any class, though there are several classes. */
export const noClassReason = `no class has ${fewestImages} samples and ${fewestImages} training images`;

/**
 * The FID of each class with at least `fewestImages` samples and as many training images, also known as intra-FID
 * (Miyato and Koyama, 2018, https://arxiv.org/abs/1802.05637). Undefined if no class has enough, or there is only one.
 *
 * With no more images than features the covariances are singular, as in every FID of few images: the value is then
 * comparable between classes and methods at equal numbers of images only.
 */
export function perClassFid(
  generated: LabelledFeatures,
  real: LabelledFeatures,
  classes: readonly string[],
  D: number,
): ClassScores | undefined {
  if (classes.length < 2) return undefined;
  const found = classes.flatMap((name, label) => {
    const [x, y] = [ofClass(generated, label, D), ofClass(real, label, D)];
    const counts = { generated: x.length / D, real: y.length / D };
    if (Math.min(counts.generated, counts.real) < fewestImages) return [];
    return [{ name, counts, fid: frechetDistance(statistics(x, D), statistics(y, D)) }];
  });
  if (found.length === 0) return undefined;
  return {
    perClass: Object.fromEntries(found.map(({ name, fid }) => [name, fid])),
    perClassImages: Object.fromEntries(found.map(({ name, counts }) => [name, counts])),
  };
}

function ofClass({ features, labels }: LabelledFeatures, label: number, D: number): Float32Array {
  const indices = [...labels.keys()].filter((i) => labels[i] === label);
  return selectRows(features, D, indices);
}
