// Renders a chart.js configuration as PNG or SVG, with the font of this package.

import { fileURLToPath } from "node:url";
import type { ChartConfiguration, ChartType } from "chart.js";
import { fontFamily, fontFiles } from "./style.ts";

export interface Size {
  /** CSS pixels; a PNG has twice as many. */
  width: number;
  height: number;
}

export type ChartFormat = "png" | "svg";

/**
 * Renders a chart. The same configuration gives the same bytes: the font comes with the package, and an SVG contains
 * all text as paths. Only characters that the font lacks, such as Chinese ones, use the fonts of the machine. `title`
 * becomes the SVG's title for screen readers.
 */
export async function render<T extends ChartType>(
  configuration: ChartConfiguration<T>,
  { width, height }: Size,
  format: ChartFormat,
  title: string,
): Promise<Uint8Array> {
  // Imported here because loading chart.js and the canvas takes 100 ms, and most commands draw nothing.
  const { ChartJSNodeCanvas } = await import("chartjs-node-canvas");
  const canvas = new ChartJSNodeCanvas({
    width,
    height,
    backgroundColour: "white",
    ...(format === "svg" && { type: "svg" }),
    chartCallback: ({ defaults }) => {
      defaults.font.family = fontFamily; // a default, because titles do not inherit the chart's own font
    },
  });
  registerFonts(canvas);
  const fullConfiguration = {
    ...configuration,
    options: { ...configuration.options, devicePixelRatio: format === "png" ? 2 : 1 },
  } as ChartConfiguration;
  if (format === "png") return canvas.renderToBuffer(fullConfiguration, "image/png");
  const svg = canvas.renderToBufferSync(fullConfiguration, "image/svg+xml").toString("utf8");
  return new TextEncoder().encode(completeSvg(svg, { width, height }, title));
}

/** Why this machine cannot render charts; undefined if it can. */
export async function chartProblem(): Promise<string | undefined> {
  try {
    const { ChartJSNodeCanvas } = await import("chartjs-node-canvas");
    new ChartJSNodeCanvas({ width: 8, height: 8 }).renderToBufferSync({ type: "scatter", data: { datasets: [] } });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

let fontsAreRegistered = false; // fonts are registered per process; a second registration would waste memory

function registerFonts(canvas: { registerFont(path: string, options: { family: string }): void }): void {
  if (fontsAreRegistered) return;
  for (const file of fontFiles) {
    canvas.registerFont(fileURLToPath(new URL(`../../fonts/${file}`, import.meta.url)), { family: fontFamily });
  }
  fontsAreRegistered = true;
}

/** Adds what the canvas omits: a view box, so that the chart scales, and a title for screen readers. */
function completeSvg(svg: string, { width, height }: Size, title: string): string {
  const escaped = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const opening = /<svg [^>]*>/.exec(svg)![0];
  const openingWithTitle =
    `${opening.slice(0, -1)} viewBox="0 0 ${width} ${height}" role="img">` + `\n\t<title>${escaped}</title>`;
  // Coordinates with two decimals are precise enough and halve the file.
  const paths = svg.replaceAll(/ d="[^"]*"/g, (path) =>
    path.replaceAll(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
  return paths.replace(opening, () => openingWithTitle);
}
