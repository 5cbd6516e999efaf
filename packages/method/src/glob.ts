/** Matches whole dotted paths: `*` is one segment, `**` any number of them, `{a,b}` either. */
export function glob(pattern: string): (path: string) => boolean {
  const source = pattern
    .replace(/[.+?^$()|[\]\\]/g, "\\$&")
    .replace(/\{([^}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(",", "|")})`)
    .replace(/[{}]/g, "\\$&") // unbalanced ones match themselves, which no path has
    .replace(/\*\*|\*/g, (star) => (star === "**" ? ".*" : "[^.]*"));
  const whole = new RegExp(`^${source}$`);
  return (path) => whole.test(path);
}
