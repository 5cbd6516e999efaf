// Checks that the numbers in all Markdown texts are those of the committed records:
//
//     npm run numbers                  lists what differs, and numbers without a source; exit code 1 if there are any
//     npm run numbers -- --write       writes the values of the records into the texts
//     npm run numbers -- FILE.md …     these files only

import { join } from "node:path";
import { parseArgs } from "node:util";
import { replaceFile } from "@dit-bench/files";
import { quantity } from "@dit-bench/text";
import { checkFile, markdownFiles, top } from "./texts.mjs";

try {
  const { values, positionals } = parseArgs({
    options: { write: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const count = await checkFiles(positionals.length > 0 ? positionals : markdownFiles(), values.write);
  console.log(count === 0 ? "all numbers have the values of the records" : quantity(count, "finding"));
  process.exitCode = count === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

/**
 * Prints the findings, and returns their number.
 *
 * @param {readonly string[]} files
 * @param {boolean} write
 */
async function checkFiles(files, write) {
  let count = 0;
  for (const file of files) {
    let result = await checkFile(file);
    if (write && result.wrong > 0) {
      await replaceFile(join(top, file), result.corrected);
      console.log(`${file}: ${quantity(result.wrong, "value")} written`);
      result = await checkFile(file);
    }
    for (const { line, message } of result.findings) console.log(`${file}:${line}: ${message}`);
    if (result.wrong > 0) console.log(`${file}: npm run numbers -- --write replaces the values that differ`);
    count += result.findings.length;
  }
  return count;
}
