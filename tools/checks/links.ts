// Finds links in Markdown, and the anchors that GitHub gives to headings.

/** Removes code blocks and inline code, whose brackets are not links. */
const withoutCode = (markdown: string): string =>
  markdown.replace(/^(\s*)(```|~~~)[\s\S]*?^\s*\2/gm, "").replace(/`[^`\n]*`/g, "code");

/** Returns the targets of links and images as written, except URLs and mail addresses. */
export function relativeLinks(markdown: string): string[] {
  const text = withoutCode(markdown);
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...text.matchAll(/^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?\s*$/gm)];
  const html = [...text.matchAll(/<(?:img|a)\b[^>]*?\b(?:src|href)="([^"]+)"/g)];
  return [...inline, ...references, ...html].map((m) => m[1]!).filter((t) => !/^[a-z][a-z+.-]*:/i.test(t));
}

/**
 * Returns the anchors of a page's headings by GitHub's rule: lower case, punctuation and comments removed, spaces to
 * hyphens.
 */
export function anchors(markdown: string): string[] {
  const counts = new Map<string, number>();
  const markdownWithoutBlocks = markdown.replace(/^(\s*)(```|~~~)[\s\S]*?^\s*\2/gm, "").replace(/<!--.*?-->/g, "");
  return [...markdownWithoutBlocks.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading]) => {
    const anchor = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
      .replaceAll(" ", "-");
    const previousCount = counts.get(anchor) ?? 0;
    counts.set(anchor, previousCount + 1);
    return previousCount === 0 ? anchor : `${anchor}-${previousCount}`;
  });
}
