// Distinguishes a file that cannot be read from errors of the whole process.

/** Errors of the whole process: skipping files because of them would silently change the data. */
const fatal = ["EMFILE", "ENFILE", "ENOMEM"];

/**
 * The reason for skipping a file or folder that the system cannot read (EACCES, EIO, ELOOP, ENAMETOOLONG, ESTALE …).
 * Rethrows every other error.
 */
export function unreadableReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || !/^E[A-Z0-9]+$/.test(code) || fatal.includes(code))
    throw error;
  return `cannot be read (${code})`;
}
