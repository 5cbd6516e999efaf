// Tries what clusters, disks and people do to runs, and prints one table of what was tried and what was lost.
//
//     npm run build
//     npm run reliability -- [--size ci|night] [--parts killed-runs,claims] [--keep FILE] [--write]
//
// With --keep the same command goes on after the last finished part. --write makes docs/reliability.md. The exit code
// is 1 if something was lost.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { replaceFile } from "@dit-bench/files";
import { loadPart, partNames } from "./table.mjs";
import { countLosses, formatPage, formatTable, lossesIn, tally } from "./tally.mjs";

/** @import { Finished, Part, Size } from "./types.ts" */

const { values: options } = parseArgs({
  options: {
    size: { type: "string", default: "ci" },
    parts: { type: "string", default: partNames.join(",") },
    keep: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const chosenParts = options.parts.split(",");
const unknownPart = chosenParts.find((name) => !partNames.includes(name));
const mistakes = [
  ...(options.size === "ci" || options.size === "night" ? [] : [`--size is '${options.size}', expected ci or night`]),
  ...(options.write && options.parts !== partNames.join(",") ? ["--write is for all parts: leave --parts out"] : []),
  ...(unknownPart === undefined ? [] : [`--parts '${unknownPart}' is not known, available: ${partNames.join(", ")}`]),
];
if (mistakes.length > 0) {
  process.stderr.write(mistakes.map((mistake) => `reliability: ${mistake}\n`).join(""));
  process.exit(2);
}
const size = /** @type {Size} */ (options.size);
const repository = fileURLToPath(new URL("../..", import.meta.url));
const git = (/** @type {string[]} */ ...args) =>
  execFileSync("git", args, { cwd: repository, encoding: "utf8" }).trim();
const isChanged = git("status", "--porcelain") !== "";
const commit = git("rev-parse", "--short", "HEAD") + (isChanged ? " with changes" : "");

/** @type {Map<string, Part>} */
const parts = new Map();
const finishedParts = readKept();
for (const name of chosenParts) {
  const part = await loadPart(name);
  parts.set(name, part);
  if (finishedParts.some((one) => one.part === name)) {
    process.stderr.write(`reliability: ${name}: finished before\n`);
    continue;
  }
  process.stderr.write(`reliability: ${name}: about ${part.sizes[size].toLocaleString("en")} attempts\n`);
  const folder = mkdtempSync(join(tmpdir(), `dit-bench-${name}-`));
  let printed = performance.now();
  try {
    const one = await tally(name, part.trials(part.sizes[size], folder), (tried, loss) => {
      if (loss !== undefined) process.stderr.write(`reliability: ${name}: LOST: ${loss}\n`);
      if (performance.now() - printed < 10_000) return;
      printed = performance.now();
      process.stderr.write(`reliability: ${name}: ${tried.toLocaleString("en")} tried\n`);
    });
    finishedParts.push(one);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
  if (options.keep !== undefined)
    await replaceFile(options.keep, JSON.stringify({ commit, size, finished: finishedParts }, null, 2));
}
const inOrder = chosenParts.flatMap((name) => finishedParts.filter(({ part }) => part === name));
process.stdout.write(formatTable(inOrder));
process.stdout.write(`${countLosses(inOrder)}\n`);
if (options.write)
  await replaceFile(join(repository, "docs/reliability.md"), formatPage({ size, commit, finished: inOrder, parts }));
process.exitCode = lossesIn(inOrder) > 0 ? 1 : 0;

/**
 * The finished parts of an earlier command of this size and of this commit. Uncommitted changes have no name, so with
 * them nothing is continued.
 *
 * @returns {Finished[]}
 */
function readKept() {
  if (options.keep === undefined || !existsSync(options.keep)) return [];
  const kept = JSON.parse(readFileSync(options.keep, "utf8"));
  if (!isChanged && kept.commit === commit && kept.size === size) return kept.finished;
  const other = isChanged ? "there are uncommitted changes" : `it is of commit ${kept.commit}, size ${kept.size}`;
  process.stderr.write(`reliability: ${options.keep} is not continued: ${other}\n`);
  return [];
}
