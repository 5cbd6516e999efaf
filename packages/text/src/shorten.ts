// Shortens text of files for messages: a damaged or hostile file can hold a name of 100 MB.

/** The text, or its first `most` characters and an ellipsis. A character outside the BMP is never cut in half. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** The text, or its first and last characters, `most` in all, with an ellipsis between: a message ends with advice. */
export function shortenMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const endLength = Math.floor(most / 4);
  const end = text.slice(text.length - endLength);
  return shorten(text, most - endLength) + (/^[\udc00-\udfff]/.test(end) ? end.slice(1) : end);
}
