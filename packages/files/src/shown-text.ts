// Text that anybody may have written (names of files, labels, messages of other programs), made safe for a terminal or a record.

/** Control characters, characters that reverse the direction of what follows, and halves of surrogate pairs. */
const unsafe = /[\p{Cc}\u2028-\u202e\u2066-\u2069\p{Cs}]/gu;

/**
 * The text on one line, without any character that a terminal obeys: ESC becomes `\x1b`, characters above U+007F become
 * `\u{85}`. All else, backslashes included, stays, so that `shown(shown(text))` is `shown(text)`.
 */
export const shown = (text: string): string =>
  text.replaceAll(unsafe, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
