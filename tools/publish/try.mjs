// Tries the tarballs of all packages as a user would: installs them in an empty folder, and works there.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { bundledPackages } from "./manifest.mjs";

/**
 * @typedef {object} Tarball
 * @property {string} name
 * @property {string} path
 */

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {number} seconds
 * @property {string | undefined} problem
 * @property {string | undefined} note
 */

/**
 * @param {readonly Tarball[]} tarballs
 * @param {string} folder that does not exist yet, outside the repository
 * @param {object} options
 * @param {boolean} [options.scripts] with the install scripts of all packages
 * @param {boolean} [options.full] the main job as it stands in the README, which takes a minute or two
 * @param {string} options.nodeFolder the folder of the node that is tried
 * @param {(step: Step) => void} [options.onStep]
 * @returns {Promise<Step[]>} the steps, up to the first that fails
 */
export async function tryPackages(tarballs, folder, { scripts = false, full = false, nodeFolder, onStep }) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", version: "1.0.0", private: true }));
  const files = tarballs.map(({ path }) => path);
  const short = ["--set", "training.steps=10", "--set", "sampling.images=32", "--set", "sampling.respacing=ddim4"];
  const bench = join(folder, "node_modules", ".bin", "bench");
  /** @type {[name: string, run: () => Promise<string | undefined>][]} */
  const plan = [
    [
      "install in an empty folder",
      async () => {
        await run("npm", ["install", `--ignore-scripts=${!scripts}`, "--no-audit", "--no-fund", ...files]);
        return `${(sizeOf(join(folder, "node_modules")) / 1e6).toFixed(0)} MB`;
      },
    ],
    [
      "bundled packages",
      async () => {
        const all = new Set(Object.values(bundledPackages).flat());
        const found = findPackages(join(folder, "node_modules"), all);
        const names = found.map(({ name }) => name).sort();
        if (names.join() !== [...all].sort().join()) throw new Error(`found ${names.join(", ")}: each once is wanted`);
        for (const { name, path } of found) {
          const { dependencies = {} } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
          const require = createRequire(join(path, "package.json"));
          for (const other of Object.keys(dependencies)) require.resolve(other); // throws if it is not installed
          require(name);
        }
        return names.join(", ");
      },
    ],
    ["dit-bench --version", () => run("npx", ["--no", "--", "dit-bench", "--version"])],
    [
      "the main job",
      () =>
        run("npx", [
          ...["--no", "--", "dit-bench", "run", "--method", "difffit", "--dataset", "flowers"],
          ...(full ? [] : short),
        ]),
    ],
    ["doctor", () => run(bench, ["doctor"])],
    ["list methods", () => run(bench, ["list", "methods"])],
    ["the published table", () => run(bench, ["table"])],
    ["new-method", () => run(bench, ["new-method", "my-idea"])],
    ["check-method", () => run(bench, ["check-method", "./my-idea"])],
    ["the test of the new method", () => run("npm", ["test"], join(folder, "my-idea"))],
    [
      "a run of the new method",
      () => run(bench, ["run", "--plugin", "./my-idea", "--method", "my-idea", "--dataset", "flowers", ...short]),
    ],
    ["a report", () => run(bench, ["report", "--from", "runs", "--out", "report"])],
    ["types of all packages", () => compileTypes()],
  ];
  /** @type {Step[]} */
  const steps = [];
  for (const [name, work] of plan) {
    const begun = performance.now();
    const { note, problem } = await work().then(
      (output) => ({ note: output, problem: undefined }),
      (error) => ({ note: undefined, problem: /** @type {Error} */ (error).message }),
    );
    const step = { name, seconds: (performance.now() - begun) / 1e3, problem, note };
    steps.push(step);
    onStep?.(step);
    if (problem !== undefined) break;
  }
  return steps;

  /**
   * Runs a command in the empty folder, without what the repository's own environment has. Returns the last line that
   * it printed.
   *
   * @param {string} command
   * @param {readonly string[]} args
   * @param {string} [cwd]
   * @param {(stdout: string) => string} [onFailure] takes what a failed command printed, in place of an error
   * @returns {Promise<string | undefined>}
   */
  function run(command, args, cwd = folder, onFailure) {
    const own = /^(npm_|NODE_OPTIONS$|NODE_PATH$|VITEST|INIT_CWD$)/i;
    const inherited = Object.entries(process.env).filter(([name]) => !own.test(name));
    const env = {
      ...Object.fromEntries(inherited),
      PATH: `${nodeFolder}${delimiter}${process.env.PATH}`,
      DIT_BENCH_HOME: join(folder, "home"),
    };
    return new Promise((done, fail) =>
      execFile(command, args, { cwd, env, encoding: "utf8", maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        if (error === null) done(onFailure ? stdout : stdout.trimEnd().split("\n").at(-1));
        else if (onFailure) done(onFailure(stdout));
        else fail(new Error(`${error.message}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`));
      }),
    );
  }

  /** Compiles a file that imports every entry of every package, with TypeScript's usual settings for Node. */
  async function compileTypes() {
    const entries = tarballs.flatMap(({ name }) => entriesOf(name));
    const imports = entries.map((entry, i) => `import * as entry${i} from "${entry}";`);
    const uses = entries.map((_, i) => `entry${i}`);
    writeFileSync(join(folder, "types.mts"), `${imports.join("\n")}\nexport const all = [${uses.join(", ")}];\n`);
    // Declarations are checked, too: an import that does not resolve there would silently become `any`.
    const compilerOptions = {
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom"],
      strict: true,
      noEmit: true,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["types.mts"] }));
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const output = (await run(process.execPath, [tsc, "-p", folder], folder, (stdout) => stdout)) ?? "";
    const problems = output.split("\n").filter((line) => /^(types\.mts|node_modules\/@dit-bench\/)/.test(line));
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return `${entries.length} entries`;
  }

  /** What can be imported from a package: "@dit-bench/files/testing". @param {string} name */
  function entriesOf(name) {
    const { exports = {} } = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"));
    return Object.entries(exports).flatMap(([entry, target]) =>
      typeof target === "object" && "types" in target ? [name + entry.slice(1)] : [],
    );
  }
}

/** Bytes of all files below a folder. @param {string} folder @returns {number} */
function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? sizeOf(path) : entry.isFile() ? statSync(path).size : 0);
  }, 0);
}

/**
 * The packages with these names, at any depth.
 *
 * @param {string} modules a folder node_modules
 * @param {ReadonlySet<string>} names
 * @returns {{ name: string, path: string }[]}
 */
function findPackages(modules, names) {
  const packages = readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  return packages.flatMap((name) => {
    const path = join(modules, name);
    const inside = join(path, "node_modules");
    return [...(names.has(name) ? [{ name, path }] : []), ...(existsSync(inside) ? findPackages(inside, names) : [])];
  });
}
