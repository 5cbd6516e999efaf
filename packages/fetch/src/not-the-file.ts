/** What a web page looks like at its beginning; archives, weights and label files look otherwise. */
const page = /^\s*(<!doctype html|<html|<head|<\?xml[^>]*>\s*<!doctype html)/i;

/**
 * Why these first bytes are not a file but a page of the server (a login, a notice, an error that came as "200 OK"), or
 * undefined where they may be the file. `type` is the content type.
 */
export function pageInPlaceOfFile(first: Uint8Array, type: string | undefined): string | undefined {
  const text = Buffer.from(first.buffer, first.byteOffset, Math.min(first.length, 4096)).toString("latin1");
  const claimed = /^text\/html\b/i.test(type ?? "");
  if (!page.test(text) && !(claimed && /^[\s\x20-\x7e]*$/.test(text))) return undefined;
  const title = /<title[^>]*>([^<]{1,200})/i.exec(text)?.[1]?.replaceAll(/\s+/g, " ").trim();
  return title ? `a web page, "${title}"` : "a web page";
}
