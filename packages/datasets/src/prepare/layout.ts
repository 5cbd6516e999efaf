// The layout of a dataset as its authors publish it, from archives to labelled images.

/** An image and the class folder that it is moved into. */
export interface AssignedImage {
  /** Path below the folder of unpacked archives. */
  readonly from: string;
  readonly className: string;
}

export interface Unpacking {
  /** File name of the download. */
  readonly file: string;
  /** Subfolder that it is unpacked into. */
  readonly into: string;
  /** Whether the entry at this path of the archive is needed. */
  readonly select: (path: string) => boolean;
  /** An archive among those entries, which is unpacked into the subfolder `inner`. */
  readonly inner?: { readonly path: string; readonly select: (path: string) => boolean };
}

export interface Layout {
  /** Downloads that are unpacked. */
  readonly archives: readonly Unpacking[];
  /** Downloads that are read as they are. */
  readonly files: readonly string[];
  /** Every wanted image with its class. Throws DataError (labels) where the labels do not match the layout. */
  images(source: LayoutSource): Iterable<AssignedImage>;
  /** Printed once the dataset is prepared: a decision about its classes that the user should know of. */
  readonly note?: string;
}

export interface LayoutSource {
  /** The folder of unpacked archives. */
  readonly unpacked: string;
  /** The path of a download that is read as it is. */
  download(file: string): string;
  /** The wanted splits; `all` takes every image. */
  readonly splits: readonly string[];
}

/** Whether a split is among the wanted ones. */
export const wantsSplit = ({ splits }: LayoutSource, split: string): boolean =>
  splits.includes("all") || splits.includes(split);

/** True if the path has the extension of an image and no hidden part. */
export const isImage = (path: string): boolean => /\.(jpe?g|png|gif|webp)$/i.test(path) && !/(^|\/)\./.test(path);
