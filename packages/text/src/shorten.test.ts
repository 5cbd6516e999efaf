// Tests shorten.

import { expect, test } from "vitest";
import { shorten } from "./shorten.ts";

test("keeps short texts, and cuts long ones between characters", () => {
  expect(shorten("four", 4)).toBe("four");
  expect(shorten("fiver", 4)).toBe("five…");
  expect(shorten("ab\u{1f600}c", 3)).toBe("ab…");
  expect(shorten("ab\u{1f600}c", 4)).toBe("ab\u{1f600}…");
});
