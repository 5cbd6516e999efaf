// The error of an image that cannot be used.

/** An image that cannot be used. The message is the reason alone; the caller puts the name of the file before it. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}
