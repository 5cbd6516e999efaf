// Which code is measured, and which Python measures PyTorch.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** The commit, and whether the tree is clean except for results, which a run itself adds. Nulls without git. */
export function codeState() {
  /** @param {string[]} args */
  const git = (...args) =>
    execFileSync("git", args, { cwd: projectFolder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changes = git("status", "--porcelain", "--", ".", ":(exclude)results");
    return { commit: git("rev-parse", "HEAD"), clean: changes === "" };
  } catch {
    return { commit: null, clean: null };
  }
}

/**
 * The Python that has torch, or why there is none.
 *
 * @param {string} [path] of a Python; without it that of `.venv`
 * @returns {{ python?: string, missing?: string }}
 */
export function findPython(path) {
  const python = path ?? join(projectFolder, ".venv/bin/python");
  const help = "sh tools/install-pytorch.sh installs it, --python names another Python, --peers none measures without";
  if (!path && !existsSync(python)) return { missing: `PyTorch is not installed: ${help}` };
  try {
    execFileSync(python, ["-c", "import torch"], { stdio: ["ignore", "ignore", "pipe"] });
    return { python };
  } catch (error) {
    const { stderr, message } = /** @type {Error & { stderr?: Buffer }} */ (error);
    const reason =
      String(stderr ?? "")
        .trim()
        .split("\n")
        .at(-1) || message;
    return { missing: `${python} cannot import torch (${reason}): ${help}` };
  }
}
