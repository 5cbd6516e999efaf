// What an original dataset looks like once its archives are unpacked.

/** An image and the class folder it belongs in. */
export interface Assigned {
  /** Below the folder of unpacked archives. */
  readonly from: string;
  readonly className: string;
}

export interface Unpacking {
  /** Name of the download. */
  readonly file: string;
  /** Folder that it is unpacked into, below that of all of them. */
  readonly into: string;
  /** Which of its entries are needed, by their paths. */
  readonly select: (path: string) => boolean;
  /** An archive among those entries that is unpacked in turn, into the same folder's `inner`. */
  readonly inner?: { readonly path: string; readonly select: (path: string) => boolean };
}

export interface Layout {
  /** Downloads that are archives. */
  readonly archives: readonly Unpacking[];
  /** Downloads that are used as they are. */
  readonly files: readonly string[];
  /** Every image that is wanted, with its class. Throws DataError where the labels do not fit the layout. */
  images(place: Place): Iterable<Assigned>;
  /** What a person should know of how it is done. */
  readonly note?: string;
}

export interface Place {
  /** Where the archives are unpacked. */
  readonly unpacked: string;
  /** The path of a download. */
  download(file: string): string;
  /** Which splits are wanted; `all` takes every image. */
  readonly splits: readonly string[];
}

export const isImage = (path: string): boolean => /\.(jpe?g|png|gif|webp)$/i.test(path) && !/(^|\/)\./.test(path);
