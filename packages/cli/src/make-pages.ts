// Makes the report pages of the records below a folder: one for each protocol.

import { relative } from "node:path";
import type { RunRecord } from "@dit-bench/record";
import { comparison, groupByProtocol, reportPage } from "@dit-bench/report";
import { readStrips } from "./read-strips.ts";
import { findTableRecords, type TableRecords } from "./table-records.ts";

export interface PagesTask {
  readonly from: string;
  /** The folder of the pages; copies of records of an earlier table in it are not read. */
  readonly out: string;
  readonly withRealImages: boolean;
  /** Folders whose records of the same protocols are counted, too. */
  readonly others?: readonly string[];
  /** The tag of pages that a server sends. */
  readonly follow?: string;
}

export interface MadePage {
  readonly protocol: string;
  /** Number of records. */
  readonly records: number;
  readonly html: string;
}

export interface MadePages {
  /** One page per protocol. */
  readonly made: readonly MadePage[];
  readonly found: TableRecords;
  /** Why records of a protocol cannot share a page. */
  readonly errors: readonly Error[];
}

export async function makePages({ from, out, withRealImages, others, follow }: PagesTask): Promise<MadePages> {
  const found = await findTableRecords(from, out, others);
  const pathOf = new Map(found.records.map(({ record, path }) => [record, path]));
  const pathOfRecord = (record: RunRecord) => pathOf.get(record);
  const leftOut = found.damaged.map(({ path }) => relative(from, path));
  const made: MadePage[] = [];
  const errors: Error[] = [];
  for (const [protocol, group] of groupByProtocol(found.records.map(({ record }) => record)))
    try {
      const compared = comparison(group, { pathOf: pathOfRecord });
      const strips = await readStrips(compared.records, (record) => pathOf.get(record)!, withRealImages);
      const html = reportPage(compared, {
        stripsOf: (record) => strips.get(record)!,
        leftOut,
        ...(follow === undefined ? {} : { follow }),
      });
      made.push({ protocol, records: compared.records.length, html });
    } catch (error) {
      errors.push(error as Error);
    }
  return { made, found, errors };
}
