// A small page of the report's server: a message and links, instead of a report. It loads itself again after seconds.

import { html } from "./html.ts";

/** @param links pairs of address and text */
export function messagePage(
  title: string,
  paragraphs: readonly string[],
  links: readonly (readonly [string, string])[] = [],
): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta http-equiv="refresh" content="3">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
</head>
<body>
<h1>${title}</h1>
${paragraphs.map((text) => html`<p>${text}</p>`)}
<ul>${links.map(([address, text]) => html`<li><a href="${address}">${text}</a></li>`)}</ul>
</body>
</html>
`.text;
}
