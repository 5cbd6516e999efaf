// Parses JSON that anybody may have written.

/** Deeper values overflow the stack of functions that descend into them, such as JSON.stringify and schemas. */
const mostDepth = 100;

/** Parses JSON as `JSON.parse` does. Throws SyntaxError also for lists and objects in each other beyond 100 levels. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeeper(value, mostDepth)) throw new SyntaxError(`nested deeper than ${mostDepth} levels`);
  return value;
}

function isDeeper(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== "object") return false;
  if (depth === 0) return true;
  const values: readonly unknown[] = Array.isArray(value) ? value : Object.values(value); // no copy of a long list
  return values.some((inner) => isDeeper(inner, depth - 1));
}
