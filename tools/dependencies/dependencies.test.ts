// Tests the policy for dependencies: licences, vulnerabilities, and the bill of materials.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { audit, judgeReport } from "./audit.mjs";
import { billOfMaterials, billProblems } from "./bill-of-materials.mjs";
import { licenceProblems } from "./licences.mjs";
import { lockedPackages } from "./lock-file.mjs";
import { isSatisfied } from "./spdx.mjs";

describe("licences", () => {
  it("are read of all packages of the lock file; 'npm run dependencies' compares them with the policy", () => {
    const packages = lockedPackages();
    expect(packages.filter(({ isInstalled }) => isInstalled).length).toBeGreaterThan(100);
    expect(packages.filter(({ licence }) => licence === undefined)).toEqual([]);
  });

  const one = { path: "node_modules/a", name: "a", version: "1.0.0", isInstalled: true, isDevelopment: false };
  const rule = (exceptions: Parameters<typeof licenceProblems>[1]["exceptions"] = []) => ({
    licences: ["MIT", "ISC"],
    exceptions,
  });

  it.each([
    ["AGPL-3.0-only", /a 1.0.0 has the licence AGPL-3.0-only; replace it/],
    [undefined, /a 1.0.0 states no licence/],
    ["SEE LICENSE IN LICENSE.md", /is not an SPDX expression/],
    ["UNLICENSED", /has the licence UNLICENSED/],
    ["", /is not an SPDX expression/],
  ])("refuses a package with the licence %s", (licence, message) => {
    expect(licenceProblems([{ ...one, licence }], rule())).toEqual([expect.stringMatching(message)]);
  });

  it("allows exceptions for packages whose names match, in development only where the policy says so", () => {
    const why = "a test";
    const packages = [{ ...one, name: "@s/a-x64", licence: "MPL-2.0" }];
    expect(licenceProblems(packages, rule([{ package: "@s/a-*", licence: "MPL-2.0", why }]))).toEqual([]);
    expect(licenceProblems(packages, rule([{ package: "a-*", licence: "MPL-2.0", why }])).length).toBe(2);
    const onlyDevelopment = rule([{ package: "@s/*", licence: "MPL-2.0", only: "development", why }]);
    expect(licenceProblems(packages, onlyDevelopment).length).toBe(2);
    expect(licenceProblems([{ ...packages[0]!, isDevelopment: true }], onlyDevelopment)).toEqual([]);
  });

  it("names an exception that no package needs", () => {
    expect(licenceProblems([], rule([{ package: "b", licence: "MPL-2.0", why: "a test" }]))).toEqual([
      "no package needs the exception MPL-2.0 of b; delete it from policy.json",
    ]);
  });

  it.each([
    ["MIT", true],
    ["GPL-2.0", false],
    ["GPL-2.0 OR MIT", true],
    ["GPL-2.0 AND MIT", false],
    ["GPL-2.0 OR MIT AND ISC", true],
    ["(GPL-2.0 OR MIT) AND ISC", true],
    ["MIT AND (GPL-2.0 OR (ISC))", true],
    ["GPL-2.0 WITH Classpath-exception-2.0", false],
    ["MIT WITH x OR ISC", true],
  ])("evaluates the expression %s", (expression, result) => {
    expect(isSatisfied(expression, (licence) => ["MIT", "ISC"].includes(licence))).toBe(result);
  });

  it.each(["(MIT", "MIT)", "MIT ISC", "AND", "MIT OR", "()", "MIT, ISC"])("refuses the text %s", (text) => {
    expect(() => isSatisfied(text, () => true)).toThrow("is not an SPDX expression");
  });

  it("come from the installed manifest, in each of its forms, and else from the lock file", () => {
    const folder = mkdtempSync(join(tmpdir(), "dit-bench-lock-"));
    try {
      const manifests: Record<string, object | undefined> = {
        a: { license: "MIT" },
        b: { license: { type: "ISC", url: "x" } },
        c: { licenses: [{ type: "0BSD" }] },
        d: {},
        e: undefined,
      };
      for (const [name, manifest] of Object.entries(manifests)) {
        if (!manifest) continue;
        mkdirSync(join(folder, "node_modules", name), { recursive: true });
        writeFileSync(join(folder, "node_modules", name, "package.json"), JSON.stringify(manifest));
      }
      const packages = Object.fromEntries(
        Object.keys(manifests).map((name) => [`node_modules/${name}`, { version: "1.0.0", license: "from the lock" }]),
      );
      writeFileSync(
        join(folder, "package-lock.json"),
        JSON.stringify({ packages: { "": {}, "packages/own": {}, "node_modules/own": { link: true }, ...packages } }),
      );
      expect(lockedPackages(folder).map(({ name, licence }) => [name, licence])).toEqual([
        ...[
          ["a", "MIT"],
          ["b", "ISC"],
          ["c", "0BSD"],
        ],
        ...[
          ["d", undefined],
          ["e", "from the lock"],
        ],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it("counts a package that users get as an optional dependency as one of theirs", () => {
  const folder = mkdtempSync(join(tmpdir(), "dit-bench-lock-"));
  try {
    const entries = { a: { dev: true }, b: { devOptional: true }, c: { optional: true } };
    const packages = Object.fromEntries(
      Object.entries(entries).map(([name, flags]) => [`node_modules/${name}`, { version: "1.0.0", ...flags }]),
    );
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages }));
    const development = lockedPackages(folder).filter(({ isDevelopment }) => isDevelopment);
    expect(development.map(({ name }) => name)).toEqual(["a"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("the audit", () => {
  const id = "GHSA-aaaa-bbbb-cccc";
  const report = (severity: string) => ({
    auditReportVersion: 2,
    vulnerabilities: {
      a: {
        via: [
          { name: "a", range: "<2", severity, title: "It reads too far", url: `https://example.org/advisories/${id}` },
        ],
      },
      b: { via: ["a"] },
    },
  });
  const rule = (until?: string) => ({
    level: "high",
    accepted: until === undefined ? [] : [{ advisory: id, why: "not called", until }],
  });

  it("fails for a vulnerability at the level of the policy or above, and notes others", () => {
    expect(judgeReport(report("critical"), rule(), "2026-11-29").problems).toEqual([
      `a <2: It reads too far (critical, ${id}); update the package`,
    ]);
    expect(judgeReport(report("high"), rule(), "2026-11-29").problems.length).toBe(1);
    expect(judgeReport(report("moderate"), rule(), "2026-11-29")).toEqual({
      problems: [],
      notes: [`a <2: It reads too far (moderate, ${id})`],
    });
  });

  it("accepts an advisory until its day, and names one that is not reported any more", () => {
    expect(judgeReport(report("high"), rule("2026-11-29"), "2026-11-29")).toMatchObject({ problems: [] });
    expect(judgeReport(report("high"), rule("2026-11-28"), "2026-11-29").problems).toEqual([
      expect.stringContaining("it was accepted until 2026-11-28"),
    ]);
    const none = { auditReportVersion: 2, vulnerabilities: {} };
    expect(judgeReport(none, rule("2027-01-01"), "2026-11-29").problems).toEqual([
      expect.stringContaining("delete it"),
    ]);
    expect(judgeReport(none, rule(), "2026-11-29")).toEqual({ problems: [], notes: [] });
  });

  it.each([
    ["a registry without the service", '{"message":"405 Method Not Allowed - POST x","statusCode":405}', /^405 Method/],
    ["no network", '{"error":{"code":"ENOTFOUND","summary":"request failed"}}', /^request failed/],
    ["no JSON", "<html>", /no JSON: <html>/],
    ["no output", "", /no JSON: nothing/],
    ["another format", '{"auditReportVersion":3,"vulnerabilities":{}}', /no report of a known format/],
  ])("is skipped with a reason: %s", async (_, text, reason) => {
    const result = await audit(rule(), async () => text);
    expect(result).toMatchObject({ problems: [], notes: [] });
    expect(result.skipped).toMatch(reason);
  });
});

describe("the bill of materials", () => {
  const bill = billOfMaterials();

  it("has equal bytes each time, and the names of the repository and its packages", () => {
    expect(JSON.stringify(billOfMaterials())).toBe(JSON.stringify(bill));
    expect(bill.metadata.component.name).toBe("dit-bench");
    expect(bill.components.map(({ name }) => name)).toContain("@dit-bench/weights");
  });

  it("gives packages of the repository no address of another package on the registry", () => {
    for (const name of ["canvas", "dit-bench-method-channel-scale"]) {
      const component = bill.components.find((one) => one.name === name);
      expect(component).toBeDefined();
      expect(component).not.toHaveProperty("purl");
    }
  });

  it("is incomplete without a package, or with one that is not locked, or without a licence", () => {
    const { components } = bill;
    const without = (name: string) => ({ ...bill, components: components.filter((one) => one.name !== name) });
    expect(billProblems(without("zod"))).toEqual([expect.stringMatching(/lacks zod/)]);
    expect(billProblems(without("@dit-bench/weights"))).toEqual([expect.stringMatching(/lacks @dit-bench\/weights/)]);
    const other = { "bom-ref": "x@1", type: "library", name: "x", version: "1", licenses: [] };
    expect(billProblems({ ...bill, components: [...components, other] })).toEqual([
      "the bill of materials has x 1: not locked",
    ]);
    const unlicensed = components.map((one) => (one.name === "zod" ? { ...one, licenses: undefined } : one));
    expect(billProblems({ ...bill, components: unlicensed })).toEqual([expect.stringMatching(/no licence of zod/)]);
  });
});
