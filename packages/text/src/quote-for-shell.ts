// Quotes words for commands that people copy into a shell.

/** A word as POSIX shells read it: unchanged if it has no special character, else between apostrophes. */
export const quoteForShell = (word: string): string =>
  /^[\w./:@%,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
