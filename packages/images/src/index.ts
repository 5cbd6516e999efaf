// Decodes image files to 8-bit RGB, crops and resizes images, and encodes them as PNG or WebP.

export { decodeImage } from "./decode/decode-image.ts";
export { isImageName, readableFormats, unreadableByName } from "./decode/image-format.ts";
export { encodePng } from "./encode-png.ts";
export { encodeWebp } from "./encode-webp.ts";
export { ImageError } from "./image-error.ts";
export { decodersAtOnce, readImageFile } from "./image-file.ts";
export { processInOrder } from "./in-order.ts";
export { resizeTensorflow1Bilinear, resizeTorchBilinear } from "./resize/bilinear.ts";
export { centerCrop, preprocessingId } from "./resize/center-crop.ts";
export { extractorInput, type Resizer, resizers } from "./resize/extractor-input.ts";
export { resizePillow8, resizePillowFloat, type Window } from "./resize/pillow-resize.ts";
export type { ResampleFilter } from "./resize/resample-weights.ts";
export type { FloatImage, ImageBytes, RgbImage } from "./rgb-image.ts";
export { mostPixels, smallestSide } from "./size-limits.ts";
