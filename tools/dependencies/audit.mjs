// Known vulnerabilities of the dependencies: what `npm audit` reports, compared with policy.json.

import { execFile } from "node:child_process";
import { top } from "./lock-file.mjs";

const levels = ["info", "low", "moderate", "high", "critical"];

/**
 * @typedef {object} AuditPolicy
 * @property {string} level the lowest severity that fails the check
 * @property {readonly { advisory: string, why: string, until: string }[]} accepted advisories that do not fail it until
 *   this day, such as `GHSA-1234-5678-9abc` and `2027-01-31`
 */

/**
 * @typedef {object} AuditResult
 * @property {string} [skipped] why there is no result
 * @property {string[]} problems
 * @property {string[]} notes below the level of the policy, or accepted
 */

/**
 * Asks the registry. A registry that cannot answer gives a reason in `skipped`, and no problem.
 *
 * @param {AuditPolicy} policy
 * @returns {Promise<AuditResult>}
 */
export async function audit(policy, run = runNpmAudit) {
  const text = await run();
  /** @type {unknown} */
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return skip(`npm audit printed no JSON: ${text.slice(0, 200).trim() || "nothing"}`);
  }
  return judgeReport(report, policy, new Date().toISOString().slice(0, 10));
}

/** @param {string} reason @returns {AuditResult} */
const skip = (reason) => ({ skipped: reason.split("\n")[0], problems: [], notes: [] });

/**
 * @param {any} report JSON of `npm audit`, version 2 of its format
 * @param {AuditPolicy} policy
 * @param {string} today
 * @returns {AuditResult}
 */
export function judgeReport(report, { level, accepted }, today) {
  if (report?.auditReportVersion !== 2 || typeof report.vulnerabilities !== "object")
    return skip(report?.message ?? report?.error?.summary ?? "the registry gave no report of a known format");
  /** Advisories by id; a package without one of its own depends on another vulnerable package in the report. */
  const advisories = new Map();
  for (const { via } of Object.values(report.vulnerabilities))
    for (const advisory of via)
      if (typeof advisory === "object") advisories.set(advisory.url?.split("/").at(-1) ?? advisory.title, advisory);
  /** @type {AuditResult} */
  const result = { problems: [], notes: [] };
  for (const [id, { name, range, severity, title }] of advisories) {
    const text = `${name} ${range}: ${title} (${severity}, ${id})`;
    const acceptance = accepted.find(({ advisory }) => advisory === id);
    if (acceptance && today > acceptance.until)
      result.problems.push(`${text}; it was accepted until ${acceptance.until}: update it, or decide again`);
    else if (acceptance) result.notes.push(`${text}; accepted until ${acceptance.until}: ${acceptance.why}`);
    else if (levels.indexOf(severity) >= levels.indexOf(level)) result.problems.push(`${text}; update the package`);
    else result.notes.push(text);
  }
  for (const { advisory } of accepted)
    if (!advisories.has(advisory))
      result.problems.push(`${advisory} is accepted but not reported any more; delete it from policy.json`);
  return result;
}

/** @returns {Promise<string>} */
function runNpmAudit() {
  // It exits with 1 both for vulnerabilities and for a registry without that service; the output tells them apart.
  return new Promise((resolve) => {
    execFile("npm", ["audit", "--json"], { cwd: top, maxBuffer: 64e6, timeout: 120_000 }, (error, stdout) =>
      resolve(stdout || (error?.message ?? "")),
    );
  });
}
