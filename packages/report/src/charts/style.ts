// Colours, shapes and fonts of all charts.

/** Family name of the font of this package (Open Sans, SIL Open Font License). */
export const fontFamily = "dit-bench";
export const fontFiles = ["open-sans-regular.ttf", "open-sans-semibold.ttf"];

export const ink = "#1f2328";
export const quietInk = "#59636e";
export const gridInk = "#e4e7eb";

/** The palette of Okabe and Ito (2008) for any colour vision, without its yellow, which is too light on white. */
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
/** For methods that are not built in. A test checks that all colours differ for any colour vision. */
export const extraColours: readonly string[] = [skyBlue, "#800000", "#003f5c", "#b15928", "#5c4033"];

export const lineColour = blue;
export const warningColour = vermilion;

/** Shapes of the points; the labels of one method take them in this order. */
export const shapes = ["circle", "rect", "triangle"] as const;
/** `rectRot` is reserved for full fine-tuning. */
export type Shape = (typeof shapes)[number] | "rectRot";

export function font(size: number, weight: "normal" | "600" = "normal"): string {
  return `${weight} ${size}px ${fontFamily}`;
}
