// Recognises the format of a file by its name or its first bytes.

import { ImageError } from "../image-error.ts";

/** The names of the readable formats, for messages. */
export const readableFormats = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or PPM/PGM/PBM";

export type ImageFormat = "JPEG" | "PNG" | "WebP" | "GIF" | "BMP" | "TIFF" | "AVIF" | "PNM";

/** Whether a file of this name is opened as an image. `.heic` is included because some contain AVIF. */
export const isImageName = (name: string): boolean =>
  /\.(jpe?g|jpe|jfif|a?png|webp|gif|bmp|dib|tiff?|avif|hei[cf]|hif|p[bgpn]m)$/i.test(name);

const kindsByName: readonly [RegExp, string][] = [
  [/\.(arw|cr[23w]|dng|nef|orf|pef|raf|raw|rw2|srw|3fr|iiq)$/i, "RAW image of a camera"],
  [/\.jxl$/i, "JPEG XL image"],
  [/\.(jp2|j2k|jpf|jpx)$/i, "JPEG 2000 image"],
  [/\.svgz?$/i, "SVG drawing"],
  [/\.psd$/i, "Photoshop document"],
  [/\.(tga|exr|hdr|ico|qoi|pfm|pam|dds|eps)$/i, "image of a format"],
];

/**
 * The reason why a file of this name is not opened; undefined if it is opened. A camera's RAW image, for example, would
 * decode to its thumbnail.
 */
export function unreadableByName(name: string): string | undefined {
  const kind = kindsByName.find(([ending]) => ending.test(name))?.[1];
  return kind && unsupported(kind);
}

/** The format of an image file. Throws ImageError for other files; the message names their kind if it is known. */
export function formatOf(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new ImageError("empty file");
  const start = Buffer.from(bytes.subarray(0, 512)).toString("latin1");
  const format = formats.find(([, signatures]) => signatures.some((signature) => startsWith(start, signature)))?.[0];
  // The brands mif1 and msf1 stand for a family of formats; one of the compatible brands gives the format.
  if (format === "AVIF" && /^....ftyp(mif1|msf1)/s.test(start) && !/avi[fs]/.test(brands(start)))
    throw new ImageError(unsupported("HEIC image"));
  if (format === "TIFF" && start.startsWith("CR", 8)) throw new ImageError(unsupported("RAW image of a camera"));
  if (format) return format;
  const other = otherKinds.find(([, signatures]) => signatures.some((signature) => startsWith(start, signature)));
  if (other !== undefined) throw new ImageError(other[2] ?? unsupported(other[0]));
  const text = start.trimStart();
  if (/^(<\?xml|<!--|<!DOCTYPE svg|<svg)/i.test(text) && /<svg[\s>]/i.test(text))
    throw new ImageError(unsupported("SVG drawing"));
  if (/^<(!doctype )?html/i.test(text)) throw new ImageError("a web page, not an image: download it again");
  if (/^\0+$/.test(start)) throw new ImageError("a file of zeros: copy it again");
  throw new ImageError(`its content is none of ${readableFormats}`);
}

const unsupported = (kind: string): string => `${kind}, which cannot be read here: convert it to PNG or JPEG first`;

/** Whether the text starts with the signature, in which `?` matches any byte. */
const startsWith = (text: string, signature: string): boolean =>
  text.length >= signature.length && [...signature].every((letter, i) => letter === "?" || letter === text[i]);

/** The brands in the box `ftyp` (ISO 14496-12), whose first four bytes are its length. */
const brands = (start: string): string => start.slice(8, Buffer.from(start.slice(0, 4), "latin1").readUInt32BE());

const bmpHeaders = ["\x0c", "\x28", "\x34", "\x38", "\x40", "\x6c", "\x7c"];

const formats: readonly [ImageFormat, readonly string[]][] = [
  ["JPEG", ["\xff\xd8\xff"]],
  ["PNG", ["\x89PNG\r\n\x1a\n"]],
  ["WebP", ["RIFF????WEBP"]],
  ["GIF", ["GIF87a", "GIF89a"]],
  ["TIFF", ["II*\0", "MM\0*", "II+\0", "MM\0+"]],
  ["AVIF", ["avif", "avis", "mif1", "msf1"].map((brand) => `????ftyp${brand}`)],
  ["PNM", [..."123456"].flatMap((digit) => [..." \t\n\r"].map((space) => `P${digit}${space}`))],
  ["BMP", bmpHeaders.map((header) => `BM????????????${header}\0\0\0`)],
];

const heicBrands = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"];

const otherKinds: readonly [kind: string, signatures: readonly string[], message?: string][] = [
  ["HEIC image", heicBrands.map((brand) => `????ftyp${brand}`)],
  ["RAW image of a camera", ["????ftypcrx ", "FUJIFILMCCD-RAW", "IIRO", "IIRS", "MMOR", "IIU\0"]],
  ["JPEG XL image", ["\xff\x0a", "\0\0\0\x0cJXL "]],
  ["JPEG 2000 image", ["\0\0\0\x0cjP  ", "\xff\x4f\xff\x51"]],
  ["Photoshop document", ["8BPS"]],
  ["PDF document", ["%PDF"]],
  ["PostScript document", ["%!PS"]],
  ["icon", ["\0\0\x01\0", "\0\0\x02\0"]],
  ["OpenEXR image", ["\x76\x2f\x31\x01"]],
  ["Radiance HDR image", ["#?R"]],
  ["QOI image", ["qoif"]],
  ["DDS texture", ["DDS "]],
  ["video", ["????ftyp", "\x1a\x45\xdf\xa3", "RIFF????AVI "]],
  ["NumPy array", ["\x93NUMPY"], "a NumPy array, not an image"],
  ["zip archive", ["PK\x03\x04"], "a zip archive, not an image"],
  ["Git LFS", ["version https://git-lfs"], "a Git LFS pointer, not the image: run 'git lfs pull'"],
];
