// The process of `parts/power-failures.mjs`: runs the small cell and sends the changes that it made to files.
//
//     node record-changes.mjs FOLDER OUT SETTINGS

import { mkdirSync } from "node:fs";
import { recordChanges } from "@dit-bench/files/testing";
import { smallCell } from "./small-cell.mjs";

const [folder, out, settings] = process.argv.slice(2);
const run = await smallCell(folder);
mkdirSync(out, { recursive: true });
const recording = await recordChanges(out, () => run(out, JSON.parse(settings)));
process.send?.(recording, () => process.disconnect());
