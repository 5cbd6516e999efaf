// `bench report`: writes the page of the records, or serves it while they change.

import { join } from "node:path";
import { fileNames, replaceFile } from "@dit-bench/files";
import { BenchError, exitCodes } from "@dit-bench/runner";
import { printable, quantity } from "@dit-bench/text";
import type { ReportOptions } from "../declarations/report.ts";
import { makePages } from "../make-pages.ts";
import { checkOutputFolder } from "../outputs.ts";
import { print, printJson, printNote, shownPath } from "../print.ts";
import { outputFolder, recordsFolder, requireFolders } from "../records-folder.ts";
import { reportProblem } from "../report-error.ts";
import { startReportServer } from "../report-server.ts";

const defaultPort = 8360;

export async function report(options: ReportOptions): Promise<void> {
  const from = await recordsFolder(options, "report");
  await requireFolders(options.with);
  if (options.serve) {
    if (options.out !== undefined)
      throw new BenchError("usage", "--serve writes no file, so --out has no effect; give one of the two");
    return serve(from, options);
  }
  if (options.port !== undefined)
    throw new BenchError("usage", `--port ${options.port} has no effect without --serve; give both or neither`);
  if (options.out !== undefined) checkOutputFolder(options.out, "--out");
  const out = outputFolder(options, from);
  const { with: others, withRealImages } = options;
  const { made, found, errors } = await makePages({ from, out, others, withRealImages });
  for (const note of found.notes) printNote(`${note}\n`);
  const problems = [...found.damaged.map(({ reason }) => reason), ...errors.slice(1).map(({ message }) => message)];
  problems.forEach(reportProblem);
  if (found.records.length === 0)
    throw new BenchError(
      "data",
      problems.length > 0
        ? `${printable(from)}: none of the records below this folder can be read`
        : `${printable(from)}: no records below this folder; 'bench run' and 'bench grid' make them`,
    );
  const folderName = fileNames();
  const written = [];
  for (const { protocol, records, html } of made) {
    const folder = made.length + errors.length === 1 ? out : join(out, folderName(protocol));
    const path = join(folder, "report.html");
    await replaceFile(path, html);
    const kilobytes = Math.round(Buffer.byteLength(html) / 1000);
    print(`${protocol}: ${quantity(records, "record")}\n\n  ${shownPath(path)} (${kilobytes} kB)\n`);
    written.push({ protocol, records, page: path });
  }
  if (errors[0] !== undefined) throw errors[0];
  if (options.json) printJson({ pages: written, damaged: found.damaged });
  if (found.damaged.length > 0) process.exitCode = exitCodes.someCellsFailed;
}

/** Sends the page until the process ends. */
async function serve(
  from: string,
  { port = defaultPort, withRealImages, with: others, json }: ReportOptions,
): Promise<never> {
  const { url } = await startReportServer({
    ...{ from, out: from, others, withRealImages, port },
    onNote: (note) => printNote(`${note}\n`),
  });
  print(`${url} shows the records below ${shownPath(from)}; Ctrl-C ends it\n`);
  if (json) printJson({ url });
  return new Promise<never>(() => {}); // a signal ends the process
}
