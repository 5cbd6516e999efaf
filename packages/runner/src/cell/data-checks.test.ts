// Runs kept among the images that they train on: the next run would train on the sheets of this one.

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

describe("--out", () => {
  it.each([
    ["photos", "photos"],
    ["photos/runs", "photos"],
    ["photos/rose/a/b", "photos/"],
    ["link/runs", "photos"],
    ["photos/runs", "link"],
    ["photos/..runs", "photos"],
  ])("%s among the images of %s is refused before anything is made", (out, folder) => {
    expect(check(out, folder)).toThrow(/^--out .* lies in the image folder .*; choose another with --out$/);
    expect(check(out, folder)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it.each([
    ["runs", "photos"],
    ["photos-runs", "photos"],
    [".", "photos"],
    ["photos/../runs", "photos"],
    ["photos", "missing"],
  ])("%s beside the images of %s is taken", (out, folder) => {
    expect(check(out, folder)).not.toThrow();
  });

  it("is not compared with the folder of a published dataset", () => {
    expect(() => checkApart("runs", { name: "flowers" })).not.toThrow();
  });
});
