import { expect, test } from "vitest";
import { unreadableReason } from "./unreadable-reason.ts";

test.each(["EACCES", "EIO", "ELOOP", "ENAMETOOLONG", "ESTALE", "EPERM"])(
  "%s is a reason to leave a file out",
  (code) => {
    expect(unreadableReason(Object.assign(new Error("x"), { code }))).toBe(`cannot be read (${code})`);
  },
);

test.each(["EMFILE", "ENOMEM", "ERR_INVALID_ARG_TYPE"])("%s is not: it is no fault of the file's", (code) => {
  const error = Object.assign(new Error("x"), { code });
  expect(() => unreadableReason(error)).toThrow(error);
});
