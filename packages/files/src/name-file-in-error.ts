// Node's write errors (ENOSPC, EIO, EDQUOT …) of an open file do not name the file. The user needs the name to know which disk is full.

/** Adds the file's name to a system error that has none; returns the same error. */
export function nameFileInError(error: unknown, path: string): unknown {
  const system = error as NodeJS.ErrnoException;
  if (error instanceof Error && system.code !== undefined && system.path === undefined) {
    system.path = path;
    error.message = `${error.message} '${path}'`;
  }
  return error;
}
