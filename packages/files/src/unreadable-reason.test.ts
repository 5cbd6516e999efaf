// The system errors for which a file is skipped.

import { expect, test } from "vitest";
import { unreadableReason } from "./unreadable-reason.ts";

test.each(["EACCES", "EIO", "ELOOP", "ENAMETOOLONG", "ESTALE", "EPERM"])(
  "unreadableReason gives %s as a reason for skipping a file",
  (code) => {
    expect(unreadableReason(Object.assign(new Error("x"), { code }))).toBe(`cannot be read (${code})`);
  },
);

test.each(["EMFILE", "ENOMEM", "ERR_INVALID_ARG_TYPE"])(
  "unreadableReason rethrows %s, which is not an error of the file",
  (code) => {
    const error = Object.assign(new Error("x"), { code });
    expect(() => unreadableReason(error)).toThrow(error);
  },
);
