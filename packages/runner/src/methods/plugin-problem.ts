// Explains why a plug-in cannot be imported, with file and line, which Node's message often lacks.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { callSitesOf } from "@dit-bench/random";
import { withImports } from "./plugin-files.ts";

/**
 * @param error the value that the import threw, of any type
 * @param entry the file that was imported; undefined for a package by name
 */
export function importProblem(error: unknown, plugin: string, entry: string | undefined): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  const { code, message, stack = "" } = error as NodeJS.ErrnoException;
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return notFound(message, plugin, entry);
  if (code === "ERR_UNKNOWN_FILE_EXTENSION" && /\.[cm]?ts\b/.test(message))
    return (
      `${firstLine(message)}; this Node ${process.versions.node} does not run TypeScript: ` +
      "compile it to JavaScript, or use Node 22.18 or later"
    );
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" || code === "ERR_INVALID_TYPESCRIPT_SYNTAX")
    return (
      `${at(placeOfSyntaxError(stack, entry))}${firstLine(message)}; Node only strips types: ` +
      "compile it to JavaScript with tsc"
    );
  if (error.name === "SyntaxError") {
    const advice = /Cannot use import statement|Unexpected token 'export'/.test(message)
      ? '; name the file .mjs, or write "type": "module" in package.json'
      : "";
    return `${at(placeOfSyntaxError(stack, entry))}SyntaxError: ${firstLine(message)}${advice}`;
  }
  const place = callSitesOf(stack).find((path) => !/\/(?:packages|@dit-bench)\/runner\/(?:src|dist)\//.test(path));
  return `${at(place)}${error.name}: ${firstLine(message)}`;
}

const firstLine = (message: string): string => message.split("\n")[0]!;
const at = (place: string | undefined): string => (place === undefined ? "" : `${place}: `);

/** Names the file and the line of an import that cannot be resolved. */
function notFound(message: string, plugin: string, entry: string | undefined): string {
  const [, kind, missing, importer] =
    /^Cannot find (package|module) '([^']+)' imported from (.+)$/.exec(firstLine(message)) ?? [];
  const from = importer?.startsWith("file://") ? fileURLToPath(importer) : importer;
  if (entry === undefined && kind === "package" && missing === plugin)
    return `no package '${plugin}' is installed here, and there is no such file or folder; install it, or give a path`;
  if (missing === undefined || from === undefined || !existsSync(from)) return firstLine(message);
  const line = lineOfImport(from, missing);
  const what = kind === "package" ? `package '${missing}' is not installed` : `there is no file ${missing}`;
  return `${from}${line === undefined ? "" : `:${line}`}: ${what}`;
}

/** The line that imports a package, or a file by a relative path. */
function lineOfImport(file: string, missing: string): number | undefined {
  const lines = readFileSync(file, "utf8").split("\n");
  const at = lines.findIndex((line) =>
    [...line.matchAll(/["']([^"']+)["']/g)].some(
      ([, name]) =>
        name === missing ||
        name?.startsWith(`${missing}/`) ||
        (name?.startsWith(".") && resolve(dirname(file), name) === missing),
    ),
  );
  return at < 0 ? undefined : at + 1;
}

/** Node's error for a module's syntax error has no line. `node --check` prints one. */
function placeOfSyntaxError(stack: string, entry: string | undefined): string | undefined {
  const shown = /^(?:file:\/\/)?(\/.*:\d+)\n/.exec(stack)?.[1];
  if (shown !== undefined) return decodeURI(shown);
  for (const file of entry === undefined ? [] : withImports([entry])) {
    const { status, stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8", timeout: 10_000 });
    const line = status === 0 ? undefined : /^(?:file:\/\/)?(\/.*:\d+)$/m.exec(stderr)?.[1];
    if (line !== undefined) return decodeURI(line);
  }
  return undefined;
}
