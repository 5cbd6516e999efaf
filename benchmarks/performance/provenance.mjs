// Which code was measured, and with which Python.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Commit, and whether the tree is clean but for results, which a run itself adds to. Nulls where there is no git. */
export function codeState() {
  const git = (...args) =>
    execFileSync("git", args, { cwd: projectFolder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changes = git("status", "--porcelain", "--", ".", ":(exclude)results");
    return { commit: git("rev-parse", "HEAD"), clean: changes === "" };
  } catch {
    return { commit: null, clean: null };
  }
}

/** The Python that has torch, or why there is none. */
export function findPython(given) {
  const python = given ?? join(projectFolder, ".venv/bin/python");
  const how = "sh tools/install-pytorch.sh installs it, --python names another Python, --peers none measures without";
  if (!given && !existsSync(python)) return { missing: `PyTorch is not installed: ${how}` };
  try {
    execFileSync(python, ["-c", "import torch"], { stdio: ["ignore", "ignore", "pipe"] });
    return { python };
  } catch (error) {
    const said =
      String(error.stderr ?? "")
        .trim()
        .split("\n")
        .at(-1) || error.message;
    return { missing: `${python} cannot import torch (${said}): ${how}` };
  }
}
