// Adds the path to Node's errors of an open file (ENOSPC, EIO, EDQUOT …). Node omits it; users need it to see which
// disk is full.

/** Adds the path to a system error that has none; returns the same error. */
export function nameFileInError(error: unknown, path: string): unknown {
  const systemError = error as NodeJS.ErrnoException;
  if (error instanceof Error && systemError.code !== undefined && systemError.path === undefined) {
    systemError.path = path;
    error.message = `${error.message} '${path}'`;
  }
  return error;
}
