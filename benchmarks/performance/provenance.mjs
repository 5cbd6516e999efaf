// Finds out which commit is measured and which Python runs PyTorch.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Returns the commit, and whether the tree is clean. Changes in results/ do not count, since a run writes there.
 * Both are null without git.
 */
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
 * Returns the path of a Python that can import torch, or a description of the problem with advice.
 *
 * @param {string} [path] path of a Python; by default the Python of `.venv`
 * @returns {{ python?: string, problem?: string }}
 */
export function findPython(path) {
  const python = path ?? join(projectFolder, ".venv/bin/python");
  const help = "sh tools/install-pytorch.sh installs it, --python names another Python, --peers none measures without";
  if (!path && !existsSync(python)) return { problem: `PyTorch is not installed: ${help}` };
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
    return { problem: `${python} cannot import torch (${reason}): ${help}` };
  }
}
