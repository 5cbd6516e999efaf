// Pictures decoded as they are stored, against Pillow's `convert("RGB")`, by which pytorch-fid reads them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage } from "@dit-bench/images";
import { furthest, runPython, tensorsOf } from "./compare.mjs";

export const name = "pictures";

export async function* measure({ python, folder, size }) {
  if (size !== "tiny") return; // a decoder does not know a true size
  const place = join(folder, "pictures");
  runPython(python, "pictures.py", place);
  const theirs = tensorsOf(join(place, "expected.safetensors"));
  for (const file of theirs.names) {
    const { pixels } = await decodeImage(readFileSync(join(place, file)), { asStored: true });
    const [height, width] = theirs.shape(file);
    const lossy = /jpeg|webp$/.test(file) && !file.includes("without loss");
    yield {
      part: `Decoding, ${file.replace(/\.\w+$/, "")}`,
      size: `${width}x${height} pixels`,
      worst: furthest(pixels, theirs(file)),
      tolerance: lossy ? 1 : 0,
      unit: "levels",
    };
  }
}
