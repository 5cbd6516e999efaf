// Options of chart.js that all charts share: titles and axes.

import { printable } from "@dit-bench/text";
import type { Axis } from "./axes.ts";
import { gridInk, ink, quietInk } from "./style.ts";

/**
 * Options for a title with lines below it, aligned left and wrapped to `width` pixels. The chart has no legend, because
 * each mark has its own label.
 */
export function titleOptions(title: string, lines: readonly string[], width: number) {
  return {
    legend: { display: false },
    title: {
      display: true,
      align: "start" as const,
      text: wrap(title, width / 11),
      color: ink,
      font: { size: 20, weight: 600 },
      padding: { top: 0, bottom: 6 },
    },
    subtitle: {
      display: lines.length > 0,
      align: "start" as const,
      text: lines.flatMap((line) => wrap(line, width / 6.6)),
      color: quietInk,
      font: { size: 13, lineHeight: 1.45 },
      padding: { top: 0, bottom: 16 },
    },
  };
}

/** A scale with exactly the ticks of `axis`. */
export function scaleOptions(title: string, axis: Axis, format: (value: number) => string) {
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

/** Lines of at most `length` characters; a longer word gets a line of its own. */
function wrap(text: string, length: number): string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > length) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
