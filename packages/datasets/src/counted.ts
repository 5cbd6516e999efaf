/** 1, "image" -> "1 image"; 2 -> "2 images"; 0, "class" -> "0 classes" */
export const counted = (n: number, what: string): string =>
  `${n} ${what}${n === 1 ? "" : what.endsWith("s") ? "es" : "s"}`;
