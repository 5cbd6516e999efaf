// Records to CSV, Markdown and charts.
export { lossCurve } from "./charts/loss-curve.ts";
export { parametersChart } from "./charts/parameters-chart.ts";
export type { ChartFormat } from "./charts/render.ts";
export { groupByProtocol } from "./comparable.ts";
export { type Average, type Cell, type Comparison, comparison, type MethodRow, type ScoreRow } from "./comparison.ts";
export { toCsv } from "./csv.ts";
export { toMarkdown } from "./markdown.ts";
export { contactSheet, type SheetOptions, type SheetRow, type SheetSection } from "./sheets/contact-sheet.ts";
export { type ReportPaths, writeReport } from "./write-report.ts";
