// What a file is, by its name or by its first bytes.

import { ImageError } from "../image-error.ts";

/** For messages. */
export const readableFormats = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or PPM/PGM/PBM";

export type ImageFormat = "JPEG" | "PNG" | "WebP" | "GIF" | "BMP" | "TIFF" | "AVIF" | "PNM";

/** Does a file of this name promise an image that is worth opening? `.heic` is, since some are AVIF inside. */
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

/** Why an image of this name is not even opened; undefined for all other names. A RAW image would be read as its thumbnail. */
export function unreadableByName(name: string): string | undefined {
  const kind = kindsByName.find(([ending]) => ending.test(name))?.[1];
  return kind && unreadable(kind);
}

/** The format of an image file. Throws ImageError, which names what the file is where it is recognised. */
export function formatOf(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw new ImageError("empty file");
  const start = Buffer.from(bytes.subarray(0, 512)).toString("latin1");
  const format = formats.find(([, signatures]) => signatures.some((signature) => begins(start, signature)))?.[0];
  // Brands that stand for a family of formats: a later one says which.
  if (format === "AVIF" && /^....ftyp(mif1|msf1)/s.test(start) && !/avi[fs]/.test(brands(start)))
    throw new ImageError(unreadable("HEIC image"));
  if (format === "TIFF" && start.startsWith("CR", 8)) throw new ImageError(unreadable("RAW image of a camera"));
  if (format) return format;
  const other = otherKinds.find(([, signatures]) => signatures.some((signature) => begins(start, signature)));
  if (other !== undefined) throw new ImageError(other[2] ?? unreadable(other[0]));
  const text = start.trimStart();
  if (/^(<\?xml|<!--|<!DOCTYPE svg|<svg)/i.test(text) && /<svg[\s>]/i.test(text))
    throw new ImageError(unreadable("SVG drawing"));
  if (/^<(!doctype )?html/i.test(text)) throw new ImageError("a web page, not an image: download it again");
  if (/^\0+$/.test(start)) throw new ImageError("it is filled with zeros: copy it again");
  throw new ImageError(`its content is none of ${readableFormats}`);
}

const unreadable = (kind: string): string => `${kind}, which cannot be read here: convert it to PNG or JPEG first`;

/** Does the text begin like this? `?` stands for any byte. */
const begins = (text: string, signature: string): boolean =>
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
  ["Git LFS", ["version https://git-lfs"], "a pointer of Git LFS, not the image: run 'git lfs pull'"],
];
