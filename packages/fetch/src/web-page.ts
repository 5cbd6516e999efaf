// Recognises a web page that a server sends instead of a file: a login page, a notice, or an error page with status
// 200.

/** The start of a web page. No archive, weights or label file starts like this. */
const pageStart = /^\s*(<!doctype html|<html|<head|<\?xml[^>]*>\s*<!doctype html)/i;

/**
 * Describes the web page that starts with these bytes by its title. Returns undefined if the bytes may be a file.
 *
 * @param type the content type of the response
 */
export function describeWebPage(firstBytes: Uint8Array, type: string | undefined): string | undefined {
  const text = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, Math.min(firstBytes.length, 4096)).toString(
    "latin1",
  );
  const isLabelledHtml = /^text\/html\b/i.test(type ?? "");
  if (!pageStart.test(text) && !(isLabelledHtml && /^[\s\x20-\x7e]*$/.test(text))) return undefined;
  const title = /<title[^>]*>([^<]{1,200})/i.exec(text)?.[1]?.replaceAll(/\s+/g, " ").trim();
  return title ? `the web page "${title}"` : "a web page";
}
