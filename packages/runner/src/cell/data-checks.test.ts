// Checks before a run. Runs in the folder of their own images are refused: the next run would train on their sheets.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkApart } from "./data-checks.ts";

const place = realpathSync(mkdtempSync(join(tmpdir(), "dit-bench-apart-")));
afterAll(() => rmSync(place, { recursive: true, force: true }));
mkdirSync(join(place, "photos", "rose"), { recursive: true });
symlinkSync("photos", join(place, "link"));

const check = (out: string, folder: string) => () =>
  checkApart(join(place, out), { name: "photos", folder: join(place, folder) });

describe("checkApart", () => {
  it.each([
    ["photos", "photos"],
    ["photos/runs", "photos"],
    ["photos/rose/a/b", "photos/"],
    ["link/runs", "photos"],
    ["photos/runs", "link"],
    ["photos/..runs", "photos"],
  ])("refuses --out %s, which is among the images of %s", (out, folder) => {
    expect(check(out, folder)).toThrow(/^--out .* lies in the image folder .*; choose another with --out$/);
    expect(check(out, folder)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it.each([
    ["runs", "photos"],
    ["photos-runs", "photos"],
    [".", "photos"],
    ["photos/../runs", "photos"],
    ["photos", "missing"],
  ])("accepts --out %s, which is beside the images of %s", (out, folder) => {
    expect(check(out, folder)).not.toThrow();
  });

  it("does not check a published dataset, which has no folder of the user", () => {
    expect(() => checkApart("runs", { name: "flowers" })).not.toThrow();
  });
});
