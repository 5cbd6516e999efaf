// FID over training: an FID of few samples at some training steps, by the moving average of the weights. It shows when
// training stops to help, and over-fitting where images are held out. Off by default: each point samples images.

export interface FidPoint {
  /** Number of steps done before the evaluation. */
  readonly step: number;
  /** Against the training images. */
  readonly value: number;
  readonly samples: number;
  /** Against the held-out images, if any. */
  readonly heldOut?: number;
}

export interface FidCurve {
  /** Digest of what decides a point beside the training state: sampling, extractor, images. */
  readonly key: string;
  /** Whether the FID is computed after this number of steps. */
  isDue(step: number): boolean;
  /** @param ema moving average of the trainable weights, by name; the arrays are not changed afterwards */
  measure(step: number, ema: Readonly<Record<string, Float32Array>>): Promise<FidPoint>;
}

/** Whether the FID is computed after `step` of `steps` steps: at the first, the last, and every `every` in between. */
export const isFidStep = (step: number, steps: number, every: number): boolean => step === steps || step % every === 0;

/** Number of steps at which the FID is computed. */
export const countFidSteps = (steps: number, every: number): number => Math.floor((steps - 1) / every) + 2;

/** The points of an unfinished or shorter training, and its number of steps. */
interface Earlier {
  readonly step: number;
  readonly fid?: { readonly key: string; readonly points: readonly FidPoint[] };
}

/**
 * The points of an earlier part of the training that belong to this curve.
 *
 * @param isSameRun true for a part of the same run: its identity covers the key, which older versions made differently
 */
export function pointsOf(curve: FidCurve, { fid }: Pick<Earlier, "fid">, isSameRun = false): FidPoint[] {
  return isSameRun || fid?.key === curve.key ? (fid?.points.filter(({ step }) => curve.isDue(step)) ?? []) : [];
}

/**
 * Whether an earlier part of the training has all points that are due until its end. A state without them is not
 * continued: the curve would differ from that of an uninterrupted training.
 */
export function hasAllPoints(curve: FidCurve, earlier: Earlier): boolean {
  const found = new Set(pointsOf(curve, earlier).map(({ step }) => step));
  for (let step = 0; step <= earlier.step; step++) if (curve.isDue(step) && !found.has(step)) return false;
  return true;
}
