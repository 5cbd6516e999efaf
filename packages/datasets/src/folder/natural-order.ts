// Compares class names: digits compare as numbers, everything else by bytes. The order does not depend on the locale.

/**
 * Orders 1, 2, 10 and a9, a10. Names without digits, and names that differ only in leading zeros, are in byte order.
 */
export function compareNatural(a: string, b: string): number {
  const [x, y] = [tokensOf(a), tokensOf(b)];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const order = compareTokens(x[i]!, y[i]!);
    if (order !== 0) return order;
  }
  return x.length - y.length || compareBytes(a, b);
}

/** Orders by UTF-8 bytes, which is also the order of code points. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Runs of digits, and the single characters between them. */
const tokensOf = (text: string): readonly string[] => text.match(/[0-9]+|[^0-9]/gu) ?? [];

function compareTokens(a: string, b: string): number {
  if (!digits.test(a) || !digits.test(b)) return compareBytes(a, b);
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length - y.length || compareBytes(x, y);
}

const digits = /^[0-9]/;
