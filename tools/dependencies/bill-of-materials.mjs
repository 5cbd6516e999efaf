// The software bill of materials in the format CycloneDX: every package of the lock file, and the fonts in the
// repository. Equal lock files give equal bytes.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { lockedPackages, top } from "./lock-file.mjs";

/** Files of other people in the repository. @type {readonly Component[]} */
const files = [
  {
    "bom-ref": "open-sans",
    type: "file",
    name: "Open Sans",
    licenses: [{ license: { id: "OFL-1.1" } }],
    description: "The font of charts and contact sheets: packages/report/fonts",
  },
];

/**
 * @typedef {{ "bom-ref": string, type: string, name: string, group?: string, version?: string, purl?: string,
 *   description?: string, licenses?: unknown }} Component
 * @typedef {{ serialNumber?: string, metadata: { timestamp?: string, component: Component }, components: Component[] }}
 *   Bill
 */

/**
 * The bill as npm makes it, with right names and without what differs from call to call.
 *
 * @returns {Bill}
 */
export function billOfMaterials() {
  const text = execFileSync("npm", ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"], {
    cwd: top,
    encoding: "utf8",
    maxBuffer: 64e6,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return correct(JSON.parse(text));
}

/** @param {Bill} bill @returns {Bill} */
export function correct(bill) {
  const { serialNumber: _, ...rest } = bill;
  const { timestamp: __, ...metadata } = bill.metadata;
  const own = ownPackages();
  return {
    ...rest,
    // npm takes the name of the folder.
    metadata: { ...metadata, component: { ...metadata.component, name: "dit-bench" } },
    components: [
      ...bill.components.map((component) => {
        const name = component["bom-ref"].replace(/@[^@]*$/, "");
        if (!own.has(name)) return component;
        const { purl, ...named } = { ...component, name }; // npm takes the name of the folder here, too
        // Names without this project's scope belong to packages of other people on the registry.
        return name.startsWith("@dit-bench/") ? { ...named, purl } : named;
      }),
      ...files,
    ],
  };
}

/** Names of the packages of this repository. @returns {ReadonlySet<string>} */
function ownPackages() {
  const { packages } = JSON.parse(readFileSync(join(top, "package-lock.json"), "utf8"));
  return new Set(
    Object.entries(packages)
      .filter(([path]) => path !== "" && !path.includes("node_modules/"))
      .map(([path, { name }]) => name ?? basename(path)),
  );
}

/**
 * What the bill lacks, or has beyond the lock file.
 *
 * @param {Bill} bill
 */
export function billProblems(bill) {
  const locked = new Set(lockedPackages().map(({ name, version }) => `${name} ${version}`));
  const own = ownPackages();
  const listed = bill.components.filter(({ type }) => type === "library");
  const found = new Set(listed.map(({ name, group, version }) => `${group ? `${group}/` : ""}${name} ${version}`));
  const isExpected = (/** @type {string} */ text) => locked.has(text) || own.has(text.split(" ")[0]);
  return [
    ...[...locked].filter((text) => !found.has(text)).map((text) => `the bill of materials lacks ${text}`),
    ...[...own]
      .filter((name) => !listed.some((component) => component.name === name))
      .map((name) => `the bill of materials lacks ${name}`),
    ...[...found].filter((text) => !isExpected(text)).map((text) => `the bill of materials has ${text}: not locked`),
    ...listed
      .filter(({ licenses }) => licenses === undefined)
      .map(({ name }) => `the bill of materials has no licence of ${name}`),
  ];
}
