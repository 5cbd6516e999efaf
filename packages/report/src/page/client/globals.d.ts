// What the page's scripts before this one define.

/** Chart.js, of the script before. */
declare const Chart: typeof import("chart.js/auto").Chart;
