// Datasets: the registry of published datasets, image folders, and the preparation of folders from the authors'
// archives.

export { DataError, type DataErrorCode } from "./data-error.ts";
export { type ImageListing, listAllImages, listImages, type Skipped } from "./folder/image-listing.ts";
export { fingerprintOf, fitsInMemory, type ImageSet, type LoadOptions, loadFolder } from "./folder/load-folder.ts";
export { selectImages } from "./folder/select-images.ts";
export { type StoredSet, type StoreOptions, storeFolder } from "./folder/store-folder.ts";
export { MatError } from "./prepare/mat/mat-error.ts";
export {
  neededDownloads,
  type Prepared,
  type PrepareOptions,
  prepareDataset,
  preparedMark,
} from "./prepare/prepare-dataset.ts";
export { type DatasetDownload, type DatasetEntry, findDataset, loadRegistry, UnknownDatasetError } from "./registry.ts";
