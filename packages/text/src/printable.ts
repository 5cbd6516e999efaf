// Text from outside (file names, labels, messages of other programs), made safe to print in a terminal and to record.

/** Control characters, characters that reverse the direction of what follows, and halves of surrogate pairs. */
const unsafeCharacters = /[\p{Cc}\u2028-\u202e\u2066-\u2069\p{Cs}]/gu;

/**
 * The text on one line, without any character that controls a terminal: ESC becomes `\x1b`, characters above U+007F
 * become `\u{85}`. Everything else, backslashes included, stays, so that `printable(printable(text))` is
 * `printable(text)`.
 */
export const printable = (text: string): string =>
  text.replaceAll(unsafeCharacters, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
