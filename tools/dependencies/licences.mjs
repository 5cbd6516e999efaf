// Compares the licences of all dependencies with policy.json.

import { isSatisfied } from "./spdx.mjs";

/** @import { LockedPackage } from "./lock-file.mjs" */

/**
 * @typedef {object} LicencePolicy
 * @property {readonly string[]} licences allowed for every package
 * @property {readonly Exception[]} exceptions
 *
 * @typedef {object} Exception a licence that is allowed for some packages
 * @property {string} package `*` stands for any text
 * @property {string} licence
 * @property {"development"} [only] not for packages that users install
 * @property {string} why
 */

/**
 * What the policy does not allow, one text for each package; and exceptions that no package needs.
 *
 * @param {readonly LockedPackage[]} packages
 * @param {LicencePolicy} policy
 * @returns {string[]}
 */
export function licenceProblems(packages, { licences, exceptions }) {
  const used = new Set();
  const problems = packages.flatMap(({ name, version, licence, isDevelopment }) => {
    const isAllowed = (/** @type {string} */ text) => {
      if (licences.includes(text)) return true;
      const exception = exceptions.find(
        (one) => one.licence === text && matches(one.package, name) && (one.only === undefined || isDevelopment),
      );
      if (exception) used.add(exception);
      return exception !== undefined;
    };
    if (licence === undefined) return [`${name} ${version} states no licence`];
    try {
      return isSatisfied(licence, isAllowed) ? [] : [`${name} ${version} has the licence ${licence}`];
    } catch (error) {
      return [`${name} ${version}: ${/** @type {Error} */ (error).message}`];
    }
  });
  const unused = exceptions.filter((exception) => !used.has(exception));
  return [
    ...problems.map((problem) => `${problem}; replace it, or add the licence to tools/dependencies/policy.json`),
    ...unused.map(
      (one) => `no package needs the exception ${one.licence} of ${one.package}; delete it from policy.json`,
    ),
  ];
}

/**
 * @param {string} pattern
 * @param {string} name
 */
const matches = (pattern, name) => new RegExp(`^${pattern.split("*").map(escapePattern).join(".*")}$`).test(name);

/** @param {string} text */
const escapePattern = (text) => text.replaceAll(/[.+?^${}()|[\]\\/]/g, "\\$&");
