// Records of runs: read alone, and found in a folder. From an accepted record all tables and the page are made.

import { ok } from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findRecords, RecordError, readRecord } from "@dit-bench/record";
import { ComparisonError, comparison, reportPage, toCsv, toLatex, toMarkdown } from "@dit-bench/report";
import { recordDigest } from "../../../packages/record/dist/digest.js";
import { hostileText, mutateJson } from "../mutate-json.mjs";
import { readSeeds, writeInput } from "../seed-files.mjs";

/** @import { Target } from "../types.ts" */

/** @type {Target} */
export const target = {
  name: "records",
  errors: [RecordError, ComparisonError],
  limits: { seconds: 5, megabytes: 200 },
  seeds: () =>
    readSeeds(["results/mini/records/flowers/difffit-seed-0.json", "results/mini/records/food/lora-r8-seed-1.json"]),
  /** Mostly with the right digest, as a hostile author would write it. */
  edit(seed, numbers) {
    const text = mutateJson(seed.toString(), numbers);
    if (numbers.integer(4) === 0) return Buffer.from(text);
    try {
      const content = JSON.parse(text);
      content.digest = recordDigest(content);
      return Buffer.from(JSON.stringify(content));
    } catch {
      return Buffer.from(text); // too deep for JSON.stringify
    }
  },
  async read(input, folder) {
    const place = join(folder, "records");
    mkdirSync(place, { recursive: true });
    const path = writeInput(place, "lora-seed-0.json", input);
    const { records, damaged } = await findRecords(place);
    const record = await readRecord(path);
    ok(records.length === 1, `readRecord accepts what findRecords does not: ${damaged[0]?.reason}`);
    const compared = comparison([record]);
    const page = reportPage(compared);
    ok(!page.includes(hostileText.slice(-20)) && !/<script>'/.test(page), "the page has text of a record as markup");
    const texts = [toMarkdown(compared), toLatex(compared), toCsv(compared), page];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is searched
    for (const text of texts) ok(!/[\x00-\x08\x0b-\x1f\x7f]/.test(text), "a control character in a table or page");
  },
};
