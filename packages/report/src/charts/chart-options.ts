/** Options that the charts share. */
import type { Axis } from "./axes.ts";
import { gridInk, ink, quietInk } from "./style.ts";

/** A title with lines beneath it, on the left; no legend, because the marks are labelled where they are. */
export function headline(title: string, lines: readonly string[]) {
  return {
    legend: { display: false },
    title: {
      display: true,
      align: "start" as const,
      text: title,
      color: ink,
      font: { size: 20, weight: 600 },
      padding: { top: 0, bottom: 6 },
    },
    subtitle: {
      display: lines.length > 0,
      align: "start" as const,
      text: [...lines],
      color: quietInk,
      font: { size: 13, lineHeight: 1.45 },
      padding: { top: 0, bottom: 16 },
    },
  };
}

/** A scale with exactly the ticks of `axis`. */
export function plainScale(title: string, axis: Axis, format: (value: number) => string) {
  return {
    min: axis.min,
    max: axis.max,
    title: { display: true, text: title, color: ink, font: { size: 14 }, padding: 8 },
    grid: { color: gridInk, tickLength: 5 },
    border: { color: quietInk },
    ticks: {
      color: ink,
      font: { size: 13 },
      autoSkip: false,
      callback: (value: string | number) => format(Number(value)),
    },
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = axis.ticks.map((value) => ({ value }));
    },
  };
}
