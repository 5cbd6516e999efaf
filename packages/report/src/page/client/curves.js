// The curves over the steps of training: one line per method, the mean over seeds.

import { colourOf, moveByKeys, scaleOptions, tooltipOptions } from "./chart-parts.js";
import { data } from "./data.js";
import { fillSelect } from "./dom.js";
import { formatNumber } from "./format.js";
import { figureParts } from "./readout.js";
import { onThemeChange, pageColour } from "./theme.js";

export function startCurves() {
  if (data.curves.length === 0) return; // the page has no section for them
  const parts = figureParts("curves");
  const kind = fillSelect(
    "curves-kind",
    data.curves.map(({ title }) => title),
  );
  const dataset = fillSelect("curves-dataset", data.datasets);
  /** @type {{ method: string, points: (typeof data.curves)[number]["series"][number]["points"] }[]} */
  let shown = [];
  const linesOf = (/** @type {number} */ place, /** @type {number} */ index) => {
    const point = shown[place]?.points[index];
    if (point === undefined) return [];
    const [step, mean, low, high] = point;
    const range = low === high ? "" : ` (seeds: ${formatNumber(low)} to ${formatNumber(high)})`;
    return [shown[place]?.method ?? "", `step ${step}`, `${formatNumber(mean)}${range}`];
  };
  const chart = new Chart(parts.canvas, { type: "scatter", data: { datasets: [] } });
  moveByKeys(chart);

  const draw = () => {
    const curve = data.curves[Number(kind.value)];
    const series = (curve?.series ?? []).filter((one) => one.dataset === Number(dataset.value));
    shown = series.map(({ method, points }) => ({ method: data.methods[method]?.label ?? "", points }));
    chart.data.datasets = series.map(({ method, points }) => lineOf(method, points));
    const values = series.flatMap(({ points }) => points.map(([, mean]) => mean));
    const logarithmic = Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) > 50;
    const steps = scaleOptions({ title: "Training step", logarithmic: false, values: [] });
    chart.options = {
      scales: {
        x: { ...steps, grace: 0, min: 0 },
        y: scaleOptions({ title: curve?.title ?? "", logarithmic, values }),
      },
      plugins: {
        legend: { labels: { usePointStyle: true, color: pageColour("--ink") } },
        tooltip: tooltipOptions(linesOf, parts.read),
      },
    };
    chart.update();
    parts.note(`${curve?.note ?? ""} Each line is the mean over seeds.`);
    parts.values(
      `${curve?.title}, ${data.datasets[Number(dataset.value)]}`,
      ["Method", "First", "Lowest", "Last"],
      shown.map(({ method, points }) => {
        const means = points.map(([, mean]) => mean);
        return [method, means[0] ?? 0, Math.min(...means), means.at(-1) ?? 0].map((value) =>
          typeof value === "number" ? formatNumber(value) : value,
        );
      }),
    );
  };
  for (const select of [kind, dataset]) select.addEventListener("change", draw);
  onThemeChange(draw);
  draw();
}

/** @param {number} method @param {readonly (readonly [number, number, number, number])[]} points */
function lineOf(method, points) {
  const { label, mark } = /** @type {(typeof data.methods)[number]} */ (data.methods[method]);
  const colour = colourOf(mark);
  const every = Math.max(1, Math.ceil(points.length / 8)); // marks on each point would hide the line
  return {
    label,
    data: points.map(([x, y]) => ({ x, y })),
    showLine: true,
    borderColor: colour,
    backgroundColor: mark.hollow ? pageColour("--paper") : colour,
    borderWidth: 2,
    borderDash: mark.dash,
    pointStyle: mark.shape,
    pointRadius: points.map((_, index) => ((index + method) % every === 0 ? 4.5 : 0)),
    pointHoverRadius: 6,
    pointHitRadius: 8,
    pointBorderWidth: 1.5,
  };
}
