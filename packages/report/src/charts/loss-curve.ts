import type { RunRecord } from "@dit-bench/record";
import type { ChartConfiguration, Plugin } from "chart.js";
import { formatTick } from "../format.ts";
import { linearAxis, logAxis } from "./axes.ts";
import { headline, plainScale } from "./chart-options.ts";
import { type ChartFormat, render } from "./render.ts";
import { font, palette } from "./style.ts";

const size = { width: 800, height: 420 };

interface LossPoint {
  x: number;
  y: number;
}

/**
 * The training loss over the steps: every recorded value as a light point, and a smooth line through them. A run that
 * diverged ends at a marked step. Same record, same bytes.
 */
export async function lossCurve(record: RunRecord, format: ChartFormat): Promise<Uint8Array> {
  const { cell, training, exit, recipe } = record;
  const points = training.loss.flatMap(({ step, value }) => (value === null ? [] : [{ x: step, y: value }]));
  const losses = points.map((point) => point.y);
  const logarithmic = spansDecades(losses);
  const yAxis = logarithmic ? logAxis(losses) : linearAxis(losses.length > 0 ? losses : [0, 1]);
  const title = `Training loss: ${cell.methodLabel} on ${cell.datasetTitle}`;
  const how = `Recipe ${recipe}, seed ${cell.seed}, batch ${training.batch}. Points: the recorded losses. Line: smoothed.`;
  const configuration: ChartConfiguration<"scatter"> = {
    type: "scatter",
    data: {
      datasets: [
        {
          data: smooth(points, logarithmic),
          showLine: true,
          pointRadius: 0,
          borderColor: palette[0]!,
          borderWidth: 2.25,
        },
        { data: points, pointRadius: 2, backgroundColor: `${palette[0]}59`, borderWidth: 0, clip: 4 },
      ],
    },
    options: {
      layout: { padding: { top: 18, right: 28, bottom: 14, left: 14 } },
      plugins: headline(title, [how], size.width),
      scales: {
        x: { type: "linear", ...plainScale("Training step", stepAxis(training.steps), formatTick) },
        y: {
          type: logarithmic ? "logarithmic" : "linear",
          ...plainScale("Loss", yAxis, logarithmic ? formatLoss : String),
        },
      },
    },
    plugins: exit === "diverged" ? [divergence(training.steps)] : [],
  };
  return render(configuration, size, format, title);
}

/** A loss that explodes hides everything before it on a linear axis. */
function spansDecades(losses: readonly number[]): boolean {
  const sorted = [...losses].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return median !== undefined && sorted[0]! > 0 && sorted.at(-1)! / median > 10;
}

function formatLoss(value: number): string {
  return value < 1000 ? String(value) : value.toExponential(0).replace("+", "");
}

function stepAxis(steps: number) {
  const axis = linearAxis([0, Math.max(1, steps) / 1.06]);
  return { ...axis, max: Math.max(1, steps), ticks: axis.ticks.filter((tick) => tick <= steps) };
}

/**
 * Kernel average (Nadaraya 1964, Watson 1964) with a Gaussian of a fortieth of the steps: centred, so it does not lag.
 * On a logarithmic axis the logarithms are averaged, or one huge loss would lift the line over everything around it.
 */
function smooth(points: readonly LossPoint[], logarithmic: boolean): LossPoint[] {
  const width = ((points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0)) / 40 || 1;
  return points.map(({ x }) => {
    let sum = 0;
    let total = 0;
    for (const point of points) {
      const weight = Math.exp(-0.5 * ((point.x - x) / width) ** 2);
      sum += weight * (logarithmic ? Math.log(point.y) : point.y);
      total += weight;
    }
    return { x, y: logarithmic ? Math.exp(sum / total) : sum / total };
  });
}

function divergence(step: number): Plugin<"scatter"> {
  return {
    id: "divergence",
    afterDatasetsDraw({ ctx, scales, chartArea }) {
      const x = scales.x!.getPixelForValue(step);
      ctx.save();
      ctx.strokeStyle = palette[1]!;
      ctx.fillStyle = palette[1]!;
      ctx.lineWidth = 1.5;
      ctx.setLineDash([6, 4]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.font = font(13, "600");
      ctx.textAlign = "right";
      ctx.textBaseline = "top";
      ctx.fillText(`diverged at step ${step}`, x - 8, chartArea.top + 6);
      ctx.restore();
    },
  };
}
