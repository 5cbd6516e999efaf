// Tests that counts are printed with the right form of their nouns.

import { expect, it } from "vitest";
import { quantity } from "./index.ts";

it.each([
  [1, "image", "1 image"],
  [2, "image", "2 images"],
  [0, "class", "0 classes"],
  [12_000, "record", "12,000 records"],
])("quantity of %d and '%s' is '%s'", (count, noun, text) => {
  expect(quantity(count, noun)).toBe(text);
});
