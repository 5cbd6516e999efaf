// Makes the tarballs of all packages as they are published, and tries them in an empty folder, as a user would.
//
//     npm run build
//     npm run pack -- [--out FOLDER] [--try] [--scripts] [--full] [--node PATH]
//
// --try installs the tarballs in an empty folder outside the repository, without any install script (with them by
// --scripts), and runs the command there: the main job (short, or whole by --full), a new method, its checks, a run of
// it, a report, and a compilation against all types. --node gives another Node to try with. The exit code is 1 if a
// step fails.

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { packFolders, stagePackages } from "./stage.mjs";
import { tryPackages } from "./try.mjs";

const { values: options } = parseArgs({
  options: {
    out: { type: "string" },
    try: { type: "boolean", default: false },
    scripts: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    node: { type: "string", default: process.execPath },
  },
});
if (options.out === undefined && !options.try) {
  process.stderr.write("pack: give --out FOLDER for the tarballs, or --try to try them\n");
  process.exit(2);
}
if (options.out !== undefined && existsSync(options.out) && readdirSync(options.out).length > 0) {
  process.stderr.write(`pack: --out ${options.out} is not empty: it may have tarballs of another version; empty it\n`);
  process.exit(2);
}
const place = mkdtempSync(join(tmpdir(), "dit-bench-pack-"));
const out = options.out === undefined ? join(place, "tarballs") : resolve(options.out);
try {
  const tarballs = packFolders(stagePackages(place, { url: process.env.REPOSITORY_URL }), out);
  const megabytes = tarballs.reduce((sum, { size }) => sum + size, 0) / 1e6;
  const where = options.out === undefined ? "" : `, in ${out}`;
  process.stdout.write(`${tarballs.length} tarballs, ${megabytes.toFixed(1)} MB${where}\n`);
  if (options.try) {
    const steps = await tryPackages(tarballs, join(place, "try"), {
      scripts: options.scripts,
      full: options.full,
      nodeFolder: dirname(resolve(options.node)),
      onStep: ({ name, seconds, problem, note = "" }) => {
        const end = problem === undefined ? note : `\n${problem}`;
        process.stdout.write(`${problem === undefined ? "ok" : "FAILED"}  ${name}, ${seconds.toFixed(0)} s: ${end}\n`);
      },
    });
    process.exitCode = steps.some(({ problem }) => problem !== undefined) ? 1 : 0;
  }
} finally {
  rmSync(place, { recursive: true, force: true, maxRetries: 10 });
}
