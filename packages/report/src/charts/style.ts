/** How every chart looks. */

/** Family name under which the font of this package (Open Sans, SIL Open Font License) is registered. */
export const fontFamily = "dit-bench";
export const fontFiles = ["open-sans-regular.ttf", "open-sans-semibold.ttf"];

export const ink = "#1f2328";
export const quietInk = "#59636e";
export const gridInk = "#e4e7eb";

/** Okabe and Ito's palette (2008), made to be told apart with any colour vision; without its yellow, too light on white. */
export const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/** Shapes of the points, for more methods than colours. */
export const shapes = ["circle", "rect", "triangle"] as const;
/** The last is full fine-tuning's. */
export type Shape = (typeof shapes)[number] | "rectRot";

export function font(size: number, weight: "normal" | "600" = "normal"): string {
  return `${weight} ${size}px ${fontFamily}`;
}
