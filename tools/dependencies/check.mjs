// Checks the dependencies: their licences, known vulnerabilities, and that the bill of materials is complete.
//
//     npm run dependencies -- [--sbom FILE]
//
// What is allowed is in policy.json. A registry without the service of `npm audit` is named and skipped. --sbom writes
// the bill of materials (CycloneDX, JSON). The exit code is 1 if the policy does not allow something.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { replaceFile } from "@dit-bench/files";
import { audit } from "./audit.mjs";
import { billOfMaterials, billProblems } from "./bill-of-materials.mjs";
import { licenceProblems } from "./licences.mjs";
import { lockedPackages } from "./lock-file.mjs";

const { values: options } = parseArgs({ options: { sbom: { type: "string" } } });
const policy = JSON.parse(readFileSync(new URL("policy.json", import.meta.url), "utf8"));

const packages = lockedPackages();
const licences = licenceProblems(packages, policy);
const installed = packages.filter(({ isInstalled }) => isInstalled).length;
print(`licences: ${packages.length} packages, ${installed} of them installed: ${state(licences)}`, licences);

const { skipped, problems, notes } = await audit(policy.audit);
print(skipped ? `vulnerabilities: not checked (${skipped})` : `vulnerabilities: ${state(problems)}`, [
  ...problems,
  ...notes.map((note) => `note: ${note}`),
]);

const bill = billOfMaterials();
const gaps = billProblems(bill);
if (options.sbom) await replaceFile(options.sbom, `${JSON.stringify(bill, null, 2)}\n`);
print(`bill of materials: ${bill.components.length} components: ${state(gaps)}`, gaps);

process.exitCode = licences.length + problems.length + gaps.length > 0 ? 1 : 0;

/** @param {readonly string[]} found */
function state(found) {
  return found.length === 0 ? "no problem" : `${found.length} problems`;
}

/**
 * @param {string} line
 * @param {readonly string[]} details
 */
function print(line, details) {
  process.stdout.write([line, ...details.map((detail) => `  ${detail}`), ""].join("\n"));
}
