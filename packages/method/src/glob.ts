// Globs over dotted paths, such as `blocks.*.attn.qkv`: how a method names weights and modules.

/**
 * Compiles a glob. It matches whole paths, segment by segment. A segment is the text between two dots:
 *
 * - `*` is any text within one segment: `blocks.*.mlp.fc*`;
 * - `**` as a whole segment is any number of segments, also none: `**.bias` matches `bias` and
 *   `blocks.0.attn.qkv.bias`;
 * - `{a,b}` is a or b, and may contain dots and stars: `blocks.*.{attn.qkv,mlp.*}`.
 *
 * Two stars beside other characters are one `*`, as in picomatch and bash: `**bias` matches `mybias`, not `fc1.bias`.
 * Every other character matches itself, an unbalanced brace among them.
 */
export function glob(pattern: string): (path: string) => boolean {
  const alternatives = expandBraces(pattern).map(sourceOf);
  const whole = new RegExp(`^(?:${alternatives.join("|")})$`);
  return (path) => whole.test(`${path}.`);
}

/** The patterns without braces that one with braces stands for: `a.{b,c}` gives `a.b` and `a.c`. Braces do not nest. */
function expandBraces(pattern: string): string[] {
  const [whole, before, names] = /^(.*?)\{([^{}]*)\}/s.exec(pattern) ?? [];
  if (whole === undefined) return [pattern];
  const rest = expandBraces(pattern.slice(whole.length));
  return names!.split(",").flatMap((name) => rest.map((end) => before + name + end));
}

/** The regular expression of a pattern without braces, for a path with a dot after every segment, also the last. */
function sourceOf(pattern: string): string {
  return pattern
    .split(".")
    .map((segment) => (segment === "**" ? "(?:[^.]+\\.)*" : `${textOf(segment)}\\.`))
    .join("");
}

const textOf = (segment: string): string => segment.replace(/[+?^$()|[\]\\{}]/g, "\\$&").replace(/\*+/g, "[^.]*");
