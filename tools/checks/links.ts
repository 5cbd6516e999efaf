// Links in Markdown, and the anchors that GitHub gives to headings.

/** Text without code blocks and inline code, whose brackets are no links. */
const withoutCode = (markdown: string): string =>
  markdown.replace(/^(\s*)(```|~~~)[\s\S]*?^\s*\2/gm, "").replace(/`[^`\n]*`/g, "code");

/** Targets of links and images that are neither addresses nor mail, as written. */
export function relativeLinks(markdown: string): string[] {
  const text = withoutCode(markdown);
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...text.matchAll(/^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?\s*$/gm)];
  const html = [...text.matchAll(/<(?:img|a)\b[^>]*?\b(?:src|href)="([^"]+)"/g)];
  return [...inline, ...references, ...html].map((m) => m[1]!).filter((t) => !/^[a-z][a-z+.-]*:/i.test(t));
}

/** Anchors of a page's headings, by GitHub's rule: lower case, punctuation removed, spaces to hyphens. */
export function anchors(markdown: string): string[] {
  const counts = new Map<string, number>();
  const plain = markdown.replace(/^(\s*)(```|~~~)[\s\S]*?^\s*\2/gm, "");
  return [...plain.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading]) => {
    const anchor = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
      .replaceAll(" ", "-");
    const before = counts.get(anchor) ?? 0;
    counts.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}
