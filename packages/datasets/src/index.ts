export { resizeTensorflow1Bilinear, resizeTorchBilinear } from "./bilinear.ts";
export { centerCrop, preprocessingId } from "./center-crop.ts";
export { DataError, type DataErrorCode } from "./data-error.ts";
export { decodeImage } from "./decode-image.ts";
export { diskPath, nameText } from "./disk-name.ts";
export { encodePng } from "./encode-image.ts";
export { extractorInput, type Resizer, resizers } from "./extractor-input.ts";
export { ImageError, mostPixels, smallestSide } from "./image-error.ts";
export { decodersAtOnce, fromImageFile } from "./image-file.ts";
export { type ImageListing, listImages, listPictures, type Skipped } from "./image-listing.ts";
export type { PictureBytes } from "./kept-set.ts";
export { fitsInMemory, type ImageSet, type LoadOptions, loadFolder } from "./load-folder.ts";
export * from "./miniatures/index.ts";
export { resizePillow8, resizePillowFloat, type Window } from "./pillow-resize.ts";
export {
  neededDownloads,
  type Prepared,
  type PrepareOptions,
  prepareDataset,
  preparedMark,
} from "./prepare/prepare-dataset.ts";
export { eachOf } from "./read-images.ts";
export { type DatasetDownload, type DatasetEntry, findDataset, loadRegistry, UnknownDatasetError } from "./registry.ts";
export type { ResampleFilter } from "./resample-weights.ts";
export type { FloatImage, RgbImage } from "./rgb-image.ts";
export { type StoredSet, type StoreOptions, storeFolder } from "./store-folder.ts";
