// Tests shorten and shortenMiddle.

import { expect, test } from "vitest";
import { shorten, shortenMiddle } from "./shorten.ts";

test("keeps short texts, and cuts long ones between characters", () => {
  expect(shorten("four", 4)).toBe("four");
  expect(shorten("fiver", 4)).toBe("five…");
  expect(shorten("ab\u{1f600}c", 3)).toBe("ab…");
  expect(shorten("ab\u{1f600}c", 4)).toBe("ab\u{1f600}…");
});

test("keeps both ends of a long text, cut between characters", () => {
  expect(shortenMiddle("12345678", 8)).toBe("12345678");
  expect(shortenMiddle("123456789", 8)).toBe("123456…89");
  expect(shortenMiddle("12345678\u{1f600}", 4)).toBe("123…");
});
