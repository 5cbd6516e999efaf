// Changes one value or key of a JSON text, so that the result is JSON again and reaches the checks behind the parser.

import { pick } from "./mutate.mjs";

/** @import { Stream } from "@dit-bench/random" */

/** Markup, control characters, a change of direction and a formula: text that must reach no terminal, page or table. */
export const hostileText = "=1+1\u001b[2J\u0085\u202e<script>'\"&</script>";

/** Values as JSON texts, some of which no JavaScript value gives. */
const values = [
  ...["null", "true", "false", "0", "-0", "-1", "1", "0.5", "2", "1e308", "1e999", "-1e999", "1e-999"],
  ...["9007199254740993", "4294967296", "2147483648", '""', '"x"', '"__proto__"', '"constructor"', '"../../x"'],
  ...['"/etc/passwd"', '"\\u0000"', '"\\ud800"', '"C:x"', "[]", "{}", "[[]]", "[null]", '{"__proto__":{"a":1}}'],
  ...['{"toString":1}', JSON.stringify(hostileText), JSON.stringify("x".repeat(20_000))],
  `[${"0,".repeat(5000)}0]`,
  ...[200, 5000, 100_000].flatMap((depth) => ["[".repeat(depth) + "]".repeat(depth), nestedObject(depth)]),
];

const keys = ["__proto__", "constructor", "toString", "", "0", hostileText, "x".repeat(5000)];

/** @param {number} depth */
function nestedObject(depth) {
  return `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}

/**
 * The text with one to three values replaced, removed or repeated, or keys renamed. A text that is not JSON comes back
 * as it is.
 *
 * @param {string} text
 * @param {Stream} numbers
 */
export function mutateJson(text, numbers) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    return text;
  }
  /** The texts that stand in the place of values; JSON.stringify cannot write some, and fails for deep ones. */
  /** @type {Map<string, string>} */
  const inserted = new Map();
  const mark = (/** @type {string} */ value) => {
    const name = `inserted value ${inserted.size}`;
    inserted.set(JSON.stringify(name), value);
    return name;
  };
  for (let n = 1 + numbers.integer(2) * numbers.integer(3); n > 0; n--) {
    const places = placesIn(content);
    if (places.length === 0) return pick(values, numbers);
    const { holder, key } = pickPlace(places, numbers);
    const kind = numbers.integer(8);
    if (kind < 4) setOwn(holder, key, mark(pick(values, numbers)));
    else if (kind === 4) setOwn(holder, key, structuredClone(pickPlace(places, numbers).value));
    else if (Array.isArray(holder)) {
      if (kind === 5) holder.splice(Number(key), 1);
      else holder.splice(Number(key), 0, ...Array.from({ length: 1 + numbers.integer(20) }, () => holder[Number(key)]));
    } else {
      const value = holder[key];
      if (kind !== 6) delete holder[key];
      if (kind !== 5) setOwn(holder, pick(keys, numbers), value);
    }
  }
  let result = JSON.stringify(content);
  for (const [name, value] of inserted) result = result.replaceAll(name, () => value);
  return result;
}

/**
 * Sets an own property, also for the key `__proto__`.
 *
 * @param {any} holder
 * @param {string} key
 * @param {unknown} value
 */
function setOwn(holder, key, value) {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

/** @typedef {{ holder: any, key: string, value: unknown, depth: number }} Place */

/**
 * Every value in the content, with the object or list that holds it.
 *
 * @param {unknown} content
 * @returns {Place[]}
 */
function placesIn(content, depth = 0) {
  if (content === null || typeof content !== "object") return [];
  return Object.entries(content).flatMap(([key, value]) => [
    { holder: content, key, value, depth },
    ...placesIn(value, depth + 1),
  ]);
}

/**
 * A place at a random depth: otherwise nearly all changes hit the longest list.
 *
 * @param {readonly Place[]} places
 * @param {Stream} numbers
 */
function pickPlace(places, numbers) {
  const depth = pick([...new Set(places.map((place) => place.depth))], numbers);
  return pick(
    places.filter((place) => place.depth === depth),
    numbers,
  );
}
