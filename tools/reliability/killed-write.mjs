// The process of `parts/killed-writes.mjs`: runs the small cell and ends before the n-th change of a file.
//
//     node killed-write.mjs FOLDER OUT CHANGE SETTINGS NOTE
//
// NOTE is the file that names the change.

import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { watchDisk } from "@dit-bench/files/testing";
import { smallCell } from "./small-cell.mjs";

const [folder, out, change, settings, note] = process.argv.slice(2);
const run = await smallCell(folder);
let changes = 0;
await watchDisk(out, {
  before({ kind, path }) {
    if (++changes !== Number(change)) return;
    writeFileSync(note, `${kind} of ${relative(out, path)}, change ${change}`);
    process.kill(process.pid, "SIGKILL");
  },
});
await run(out, JSON.parse(settings));
