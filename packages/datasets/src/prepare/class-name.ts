/**
 * A class's name as a folder: letters, digits, dots, dashes and underscores. "Boletus edulis Bull., 1782" becomes
 * "Boletus_edulis_Bull._1782"; accents go, since file systems do not agree on them.
 */
export function classFolder(name: string): string {
  const ascii = name
    .replaceAll("ø", "o")
    .replaceAll("Ø", "O")
    .replaceAll("æ", "ae")
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "");
  return ascii.replaceAll(/[^\w.-]+/g, "_").replaceAll(/^[_.]+|[_.]+$/g, "");
}

/** The n-th of `count` classes that have numbers: "007", or "007.Acura_RL_Sedan_2012"; in their order by name as well. */
export function numberedClass(n: number, count: number, name?: string): string {
  const digits = String(n).padStart(String(count).length, "0");
  return name === undefined ? digits : `${digits}.${classFolder(name)}`;
}
