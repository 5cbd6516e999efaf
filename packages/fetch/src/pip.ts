// Downloads a wheel with a pip that is installed on this machine. pip knows the user's package index, mirror, proxy and
// certificates, so that this program needs to know none of them.

import { type ChildProcess, spawn } from "node:child_process";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Environment, makeFolders } from "@dit-bench/files";
import { FetchError } from "./fetch-error.ts";

/** A package of Python as a wheel for one platform. */
export interface WheelRequest {
  readonly package: string;
  readonly version: string;
  /** The platform as pip names it: it may differ from this machine's. */
  readonly pipPlatform: string;
}

export interface PipOptions {
  readonly env?: Environment;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that pip has written so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Called with the command before it starts. */
  readonly onNote?: (text: string) => void;
}

/** The ways to start pip, in the order in which they are tried. */
const candidates = [["python3", "-m", "pip"], ["python", "-m", "pip"], ["pip3"], ["pip"]] as const;

/** Earlier versions compare the wheel with the Python that runs them, whatever `--python-version` says. */
const minVersion = { major: 19, minor: 2 };

const pollMs = 500;
const killMs = 5000;
const stopMs = 200;
const quotedLines = 3;
const keptOutputCharacters = 8192;

/**
 * The command that downloads the wheel on any machine with pip. With a version of Python and a platform, pip does not
 * compare the wheel with the Python that runs it, which may be older.
 */
export const pipCommand = (request: WheelRequest): string => `pip ${pipArguments(request).join(" ")}`;

const pipArguments = ({ package: name, version, pipPlatform }: WheelRequest): string[] => [
  ...["download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"],
  ...["--python-version", "3.12", "--platform", pipPlatform, `${name}==${version}`],
];

/**
 * Downloads the wheel into `folder`, which is emptied first and also holds pip's temporary files; returns the path of
 * the wheel. Its content is not checked. The caller must hold a lock on `folder`, and removes it afterwards.
 *
 * @throws FetchError ("pip") if no usable pip is installed, or with the last lines of its output if it fails
 */
export async function pipDownload(request: WheelRequest, folder: string, options: PipOptions = {}): Promise<string> {
  const { signal, onProgress, onNote } = options;
  const temporary = join(folder, "temporary");
  await rm(folder, { recursive: true, force: true });
  makeFolders(temporary);
  const env = { ...(options.env ?? process.env), TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const pip = await findPip(env, signal);
  const args = [...pipArguments(request), "--no-input", "--progress-bar", "off", "-d", folder];
  onNote?.(`${[...pip, ...args].join(" ")}`);
  const progress = setInterval(() => void sizeBelow(folder).then(onProgress, () => {}), pollMs);
  let result: Finished;
  try {
    result = await runCommand([...pip, ...args], env, signal);
  } finally {
    clearInterval(progress);
  }
  if (result.code !== 0) {
    // Ctrl-C reaches pip, too, which may end before this program has noticed the key.
    if (signal !== undefined) await sleep(stopMs);
    if (signal?.aborted) throw stoppedError();
    throw new FetchError("pip", `'${pip.join(" ")} download' ${describeEnd(result)}${describeOutput(result.output)}`);
  }
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined)
    throw new FetchError("pip", `'${pip.join(" ")} download' left no wheel${describeOutput(result.output)}`);
  return join(folder, wheel);
}

/** The first way to start a pip that is new enough. */
async function findPip(env: Environment, signal: AbortSignal | undefined): Promise<readonly string[]> {
  for (const candidate of candidates) {
    const { code, output } = await runCommand([...candidate, "--version"], env, signal);
    const [, major, minor] = /^pip (\d+)\.(\d+)/m.exec(output) ?? [];
    if (code === 0 && isNewEnough(Number(major), Number(minor))) return candidate;
  }
  const tried = candidates.map((candidate) => `'${candidate.join(" ")}'`).join(", ");
  throw new FetchError(
    "pip",
    `no pip ${minVersion.major}.${minVersion.minor} or later is installed: none of ${tried} works; install it`,
  );
}

const isNewEnough = (major: number, minor: number): boolean =>
  major > minVersion.major || (major === minVersion.major && minor >= minVersion.minor);

interface Finished {
  /** Undefined if the program does not exist or a signal ended it. */
  readonly code: number | undefined;
  readonly endedBy?: string;
  /** The end of stdout and stderr together. */
  readonly output: string;
}

/** Runs a command to its end. Throws FetchError ("interrupted") if the signal aborts. */
async function runCommand(
  [program, ...args]: readonly string[],
  env: Environment,
  signal: AbortSignal | undefined,
): Promise<Finished> {
  if (signal?.aborted) throw stoppedError();
  const child = spawn(program!, args, { env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  let output = "";
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-keptOutputCharacters);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let killTimer: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill("SIGTERM");
    killTimer = setTimeout(() => child.kill("SIGKILL"), killMs);
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const end = await endOf(child);
    if (signal?.aborted) throw stoppedError();
    return { ...end, output };
  } finally {
    signal?.removeEventListener("abort", stop);
    clearTimeout(killTimer);
  }
}

const endOf = (child: ChildProcess): Promise<Omit<Finished, "output">> =>
  new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: undefined, endedBy: error.message })); // such as ENOENT
    child.on("close", (code, name) => resolve({ code: code ?? undefined, ...(name ? { endedBy: name } : {}) }));
  });

const stoppedError = () =>
  new FetchError("interrupted", "stopped while pip was running; the same command starts it again");

const describeEnd = ({ code, endedBy }: Finished): string =>
  code === undefined ? `was ended by ${endedBy}` : `failed with exit code ${code}`;

/** The last lines of pip's output: its error comes last. */
function describeOutput(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.length === 0 ? " without output" : `: ${lines.slice(-quotedLines).join(" / ")}`;
}

/** Bytes of all files below a folder. Files that disappear meanwhile do not count. */
async function sizeBelow(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((total, size) => total + size, 0);
}
