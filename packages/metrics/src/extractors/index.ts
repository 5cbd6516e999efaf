// The feature extractors. A new one is one file or folder here, and its line below.

export { type EfficientNet, efficientNetLite0 } from "./efficientnet/efficientnet.ts";
export type { Classifier, Extractor } from "./extractor.ts";
export {
  type Inception,
  type InceptionOptions,
  type InceptionTap,
  inception,
  inceptionTaps,
} from "./inception/inception.ts";
export { classifierLoss } from "./mini/classifier-loss.ts";
export { initialWeights, type MiniImageSize, miniInception, standardiseFeatures } from "./mini/mini-inception.ts";
