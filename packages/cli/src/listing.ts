// The output of `bench list`: entries as JSON, and as a table that drops columns on a narrow screen.

import { printable } from "@dit-bench/text";
import type { ListOptions } from "./declarations/list.ts";
import { fitTable } from "./fit-table.ts";
import { hangText, screenWidth } from "./text-layout.ts";

/** @param problem called with a message for each entry that cannot be read, and so is missing from the list */
export type Find<Result> = (options: ListOptions, problem: (message: string) => void) => Promise<Result>;

/** One list. `Item` is what an entry is made from. */
export interface List<Item> {
  readonly find: Find<readonly Item[]>;
  /** Makes the entry of an item in the JSON output. */
  json(item: Item): Record<string, string | number | boolean | null>;
  /** A string is the name of a property: its column has that heading and the values of that property. */
  readonly columns: readonly (Column<Item> | (keyof Item & string))[];
  /** Text below the table; undefined for none. */
  note?(items: readonly Item[]): string | undefined;
}

export interface Column<Item> {
  readonly heading: string;
  value(item: Item): string | number | null;
  /** Aligned to the right; numbers always are. */
  readonly right?: true;
  /** A column without an importance is always shown; see TableColumn. */
  readonly importance?: number;
}

/** The output of a list. */
export interface Listing {
  readonly json: readonly object[];
  readonly table: string;
}

export function makeList<Item>(declared: List<Item>): Find<Listing> {
  return async (options, problem) => {
    const items = await declared.find(options, problem);
    return { json: items.map(declared.json), table: formatList(items, declared) };
  };
}

function formatList<Item>(items: readonly Item[], { columns, note }: List<Item>): string {
  if (items.length === 0) return "none\n";
  const { lines, dropped } = fitTable(
    columns.map((column) => {
      const { heading, value, right = false, importance = Number.POSITIVE_INFINITY } = asColumn(column);
      const values = items.map(value);
      return {
        heading,
        cells: values.map(formatValue),
        importance,
        right: right || values.some((v) => typeof v === "number"),
      };
    }),
    screenWidth(process.stdout.columns, Number.POSITIVE_INFINITY),
  );
  const listNote = note?.(items);
  const notes = [
    ...(listNote === undefined ? [] : [listNote]),
    ...(dropped.length > 0 ? [`not shown for lack of width: ${dropped.join(", ")}`] : []),
  ];
  return `${[...lines, ...notes.flatMap((text) => ["", ...hangText("", text)])].join("\n")}\n`;
}

const asColumn = <Item>(column: Column<Item> | (keyof Item & string)): Column<Item> =>
  typeof column === "string" ? { heading: column, value: (item) => item[column] as string | number | null } : column;

/** Numbers are quantities, printed with thousands separators; an identifier such as a seed is a text. */
const formatValue = (value: string | number | null): string =>
  typeof value === "number" ? value.toLocaleString("en") : printable(value ?? "");
