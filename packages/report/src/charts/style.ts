/** How every chart looks. */

/** Family name under which the font of this package (Open Sans, SIL Open Font License) is registered. */
export const fontFamily = "dit-bench";
export const fontFiles = ["open-sans-regular.ttf", "open-sans-semibold.ttf"];

export const ink = "#1f2328";
export const quietInk = "#59636e";
export const gridInk = "#e4e7eb";

/** Okabe and Ito's palette (2008), made to be distinguished with any colour vision; without its yellow, too light on white. */
const blue = "#0072b2";
const vermilion = "#d55e00";
const green = "#009e73";
const purple = "#cc79a7";
const orange = "#e69f00";
const skyBlue = "#56b4e9";

export const methodColours: Readonly<Record<string, string>> = {
  full: ink,
  adaptformer: blue,
  bitfit: vermilion,
  difffit: green,
  lora: purple,
  vpt: orange,
};
/** For methods that do not come with the program. As far from the others and each other as was found, with any colour vision. */
export const extraColours: readonly string[] = [skyBlue, "#800000", "#003f5c", "#b15928", "#5c4033"];

export const lineColour = blue;
export const warningColour = vermilion;

/** Shapes of the points: a label of a method each. */
export const shapes = ["circle", "rect", "triangle"] as const;
/** The last is full fine-tuning's. */
export type Shape = (typeof shapes)[number] | "rectRot";

export function font(size: number, weight: "normal" | "600" = "normal"): string {
  return `${weight} ${size}px ${fontFamily}`;
}
