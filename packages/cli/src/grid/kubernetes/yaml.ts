// Writes plain data as YAML. Every string is in double quotes as in JSON, which YAML reads the same way, so no value
// such as `no` or `1e3` can change its type.

export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** Returns lines of block YAML; keys whose value is undefined are left out. */
export const toYaml = (value: Plain): string => `${block(value).join("\n")}\n`;

function block(value: Plain): string[] {
  if (isList(value))
    return value.flatMap((item) => {
      const [first, ...rest] = block(item);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  if (typeof value !== "object") return [JSON.stringify(value)];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (inner === undefined) return [];
    if (typeof inner !== "object") return [`${keyText(key)}: ${JSON.stringify(inner)}`];
    const indent = isList(inner) ? "" : "  ";
    const lines = block(inner);
    if (lines.length === 0) return [`${keyText(key)}: ${isList(inner) ? "[]" : "{}"}`];
    return [`${keyText(key)}:`, ...lines.map((line) => `${indent}${line}`)];
  });
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);

const keyText = (key: string): string => (/^[A-Za-z][\w./-]*$/.test(key) ? key : JSON.stringify(key));
