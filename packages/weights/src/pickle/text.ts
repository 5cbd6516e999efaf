// Parses text and numbers in the forms of Python's older pickle protocols.

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8; undefined if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Decodes a string of Python 2, which may be text or bytes, as UTF-8 if that is valid and as Latin-1 if not. */
export const decodePython2String = (bytes: Uint8Array): string => decodeUtf8(bytes) ?? decodeLatin1(bytes);

export const decodeLatin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

const escapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
]);

/** Parses a string as Python's repr writes it, with quotes; undefined if it is invalid. */
export function unquote(text: string): string | undefined {
  const inner = /^(['"])(.*)\1$/s.exec(text)?.[2];
  return inner?.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (whole, hex: string | undefined, char: string | undefined) =>
    hex === undefined ? (escapes.get(char!) ?? whole) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Decodes Python's raw-unicode-escape: \uXXXX and \UXXXXXXXX; undefined if one is above U+10FFFF. */
export function decodeRawUnicode(text: string): string | undefined {
  let isInvalid = false;
  const decoded = text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, four: string, eight: string) => {
    const code = Number.parseInt(four ?? eight, 16);
    if (code > 0x10ffff) isInvalid = true;
    return isInvalid ? "" : String.fromCodePoint(code);
  });
  return isInvalid ? undefined : decoded;
}

/** Parses a decimal integer, as a number if that is exact; undefined if it is invalid. */
export function parseInteger(text: string): number | bigint | undefined {
  if (!/^[+-]?[0-9]{1,100}$/.test(text)) return undefined; // BigInt takes quadratic time over a million digits
  return toNumberIfExact(BigInt(text.replace("+", "")));
}

/** Decodes a little-endian two's complement integer of any length. */
export function decodeTwosComplement(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  const hex = Buffer.from(bytes).reverse().toString("hex");
  return toNumberIfExact(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`)));
}

const toNumberIfExact = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

/** Parses a float as Python's repr writes it; undefined if it is invalid. */
export function parseFloatText(text: string): number | undefined {
  if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text)) return Number(text);
  const specialValues: Record<string, number> = {
    inf: Infinity,
    "-inf": -Infinity,
    nan: Number.NaN,
    "-nan": Number.NaN,
  };
  return Object.hasOwn(specialValues, text) ? specialValues[text] : undefined;
}
