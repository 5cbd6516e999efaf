// Makes names of class folders from the class names of datasets.

/**
 * A class name as a folder name of letters, digits, dots, dashes and underscores: "Boletus edulis Bull., 1782" becomes
 * "Boletus_edulis_Bull._1782". Accents are removed, since file systems normalise them in different ways.
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

/**
 * The folder of the n-th of `count` numbered classes: "007", or with a name "007.Acura_RL_Sedan_2012". Leading zeros
 * make the order by name equal to the order by number.
 */
export function numberedClass(n: number, count: number, name?: string): string {
  const digits = String(n).padStart(String(count).length, "0");
  return name === undefined ? digits : `${digits}.${classFolder(name)}`;
}
