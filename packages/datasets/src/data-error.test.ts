// Tests the messages of DataError.

import { expect, test } from "vitest";
import { DataError } from "./data-error.ts";

test("keeps the advice at the end of a message that quotes a long name", () => {
  const { message } = new DataError("labels", `"${"a".repeat(1e6)}" is damaged; run the same command again`);
  expect(message).toMatch(/^"a+…a+" is damaged; run the same command again$/);
  expect(message.length).toBeLessThan(2100);
});
