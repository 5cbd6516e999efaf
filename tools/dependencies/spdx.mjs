// Evaluates SPDX licence expressions: identifiers with AND, OR and parentheses (SPDX 2.3, Annex D). `WITH` and its
// exception belong to the identifier before it.

/**
 * Whether a licence expression is satisfied by these licences. Throws for a text that is not an expression.
 *
 * @param {string} expression such as `(MIT OR CC0-1.0) AND ISC`
 * @param {(licence: string) => boolean} isAllowed
 */
export function isSatisfied(expression, isAllowed) {
  const tokens = expression.replaceAll(/[()]/g, " $& ").split(/\s+/).filter(Boolean);
  let at = 0;
  const result = either();
  if (at < tokens.length) throw unexpected();
  return result;

  /** @returns {boolean} */
  function either() {
    let result = both();
    while (tokens[at] === "OR") {
      at++;
      const next = both();
      result ||= next;
    }
    return result;
  }

  /** @returns {boolean} */
  function both() {
    let result = one();
    while (tokens[at] === "AND") {
      at++;
      const next = one();
      result &&= next;
    }
    return result;
  }

  /** @returns {boolean} */
  function one() {
    const token = tokens[at++];
    if (token === "(") {
      const result = either();
      if (tokens[at++] !== ")") throw unexpected();
      return result;
    }
    if (token === undefined || !/^[A-Za-z0-9][A-Za-z0-9.+-]*$/.test(token) || /^(AND|OR|WITH)$/.test(token))
      throw unexpected();
    if (tokens[at] !== "WITH") return isAllowed(token);
    at += 2;
    return isAllowed(`${token} WITH ${tokens[at - 1]}`);
  }

  function unexpected() {
    return new Error(`'${expression}' is not an SPDX expression`);
  }
}
