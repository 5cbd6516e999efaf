import { DataError } from "../data-error.ts";

/** Rows of a CSV file with a head, by column (RFC 4180: quotes, quotes doubled, line breaks within quotes). */
export function* readCsv(text: string, path: string): Generator<ReadonlyMap<string, string>> {
  const lines = records(text.replace(/^\ufeff/, ""), path);
  const first = lines.next();
  const head = first.done ? [] : first.value;
  if (head.length === 0) throw new DataError("labels", `"${path}" is empty, wanted a line of column names`);
  for (const fields of lines) {
    if (fields.length === 1 && fields[0] === "") continue;
    if (fields.length !== head.length)
      throw new DataError("labels", `"${path}": a row of ${fields.length} fields, wanted ${head.length}`);
    yield new Map(head.map((name, i) => [name, fields[i]!]));
  }
}

/** A field, quoted or plain, and what ends it. */
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

function* records(text: string, path: string): Generator<string[]> {
  for (let at = 0; at < text.length; ) {
    const fields: string[] = [];
    let end: string | undefined = ",";
    while (end === ",") {
      field.lastIndex = at;
      const match = field.exec(text);
      if (match === null) throw new DataError("labels", `"${path}": a quote in the wrong place at character ${at}`);
      fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
      end = match[3];
      at = field.lastIndex;
    }
    yield fields;
  }
}
