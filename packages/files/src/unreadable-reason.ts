// The reason that is given for leaving out a file or folder that the system cannot read.

/** These are troubles of the whole process: to leave files out because of them would change the data unnoticed. */
const fatal = ["EMFILE", "ENFILE", "ENOMEM"];

/**
 * The reason for leaving out a file or folder that the system cannot read (EACCES, EIO, ELOOP, ENAMETOOLONG, ESTALE …).
 * Throws any other error again.
 */
export function unreadableReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || !/^E[A-Z0-9]+$/.test(code) || fatal.includes(code))
    throw error;
  return `cannot be read (${code})`;
}
