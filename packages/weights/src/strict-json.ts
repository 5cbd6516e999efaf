// A strict JSON parser for the headers of safetensors files and for indexes of shards.

import { maxValues } from "./limits.ts";

/** Parsed JSON. Objects are maps, so that no key, such as `__proto__`, has a special meaning. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** The message describes why and at which character the text is not strict JSON. */
export class JsonError extends Error {}

/**
 * Parses JSON as strictly as serde_json in the reference implementation of safetensors. Unlike `JSON.parse`, it refuses
 * duplicate keys, lone surrogates and nesting above 128. It also refuses more than `maxValues` values. Integers are
 * returned as bigint. Throws JsonError.
 */
export function parseStrictJson(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

const maxDepth = 128;
const spaces: ReadonlySet<string> = new Set([" ", "\t", "\n", "\r"]);
const numeral = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const literals: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

class Reader {
  readonly #text: string;
  #at = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    if (depth > maxDepth) this.#fail(`nested deeper than ${maxDepth}`);
    if (++this.#values > maxValues) this.#fail(`more than ${maxValues} values`);
    this.#skipSpace();
    const firstCharacter = this.#text[this.#at];
    if (firstCharacter === "{") return this.#object(depth);
    if (firstCharacter === "[") return this.#array(depth);
    if (firstCharacter === '"') return this.#string();
    for (const [word, meaning] of literals)
      if (this.#text.startsWith(word, this.#at)) return this.#take(word.length, meaning);
    return this.#number();
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail("text after the end");
  }

  #object(depth: number): JsonObject {
    const object = new Map<string, Json>();
    this.#at++;
    if (this.#accept("}")) return object;
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') this.#fail("expected a key in double quotes");
      const key = this.#string();
      if (object.has(key)) this.#fail(`the key ${JSON.stringify(key)} occurs twice`);
      if (!this.#accept(":")) this.#fail('expected ":"');
      object.set(key, this.value(depth + 1));
    } while (this.#accept(","));
    if (!this.#accept("}")) this.#fail('expected "," or "}"');
    return object;
  }

  #array(depth: number): readonly Json[] {
    const items: Json[] = [];
    this.#at++;
    if (this.#accept("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.#accept(","));
    if (!this.#accept("]")) this.#fail('expected "," or "]"');
    return items;
  }

  #string(): string {
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === "\\" ? 2 : 1;
    if (end >= this.#text.length) this.#fail("a string without an end");
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(this.#at, end + 1)) as string;
    } catch {
      return this.#fail("a string holds a control character or an unknown escape");
    }
    if (/\p{Surrogate}/u.test(value)) this.#fail("a string holds a lone surrogate");
    return this.#take(end + 1 - this.#at, value);
  }

  #number(): number | bigint {
    numeral.lastIndex = this.#at;
    const token = numeral.exec(this.#text)?.[0];
    if (token === undefined) return this.#fail("expected a value");
    // A 64-bit size has at most 20 digits; BigInt takes quadratic time for a million digits.
    const isInteger = /^-?[0-9]{1,20}$/.test(token) && token !== "-0";
    return this.#take(token.length, isInteger ? BigInt(token) : Number(token));
  }

  #skipSpace(): void {
    while (spaces.has(this.#text[this.#at] ?? "")) this.#at++;
  }

  #accept(mark: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #take<T>(length: number, value: T): T {
    this.#at += length;
    return value;
  }

  #fail(problem: string): never {
    throw new JsonError(`${problem}, at character ${this.#at}`);
  }
}
