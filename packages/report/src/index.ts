// Public interface of the package: turns records into CSV, Markdown, LaTeX, charts, contact sheets and sentences.

export { answer, bestMethod } from "./answer.ts";
export { lossCurve } from "./charts/loss-curve.ts";
export { parametersChart } from "./charts/parameters-chart.ts";
export { type ChartFormat, chartProblem } from "./charts/render.ts";
export {
  type ChosenColumn,
  type Column,
  chooseColumns,
  defaultImportance,
  gap,
  loadMark,
  meanText,
  samplesMark,
  type TableCell,
  tableColumns,
} from "./columns.ts";
export { ComparisonError, cellKey, groupByProtocol, isSameRun } from "./comparable.ts";
export { type Comparison, type ComparisonOptions, comparison, type MethodRow } from "./comparison.ts";
export { toCsv } from "./csv.ts";
export { differencesOf } from "./differences.ts";
export { formatFid, formatRatio, joinWithAnd } from "./format.ts";
export { toLatex } from "./latex.ts";
export { answerMarkdown, markdownTable, methodsMarkdown, toMarkdown } from "./markdown.ts";
export { csvName, type Metric, metricNamed, metrics } from "./metrics.ts";
export { type CardFacts, modelCard } from "./model-card.ts";
export { notes } from "./notes.ts";
export { messagePage } from "./page/message-page.ts";
export { type PageOptions, reportPage } from "./page/report-page.ts";
export { paperNote, paperTable, paperWarning } from "./paper.ts";
export { paperDatasets, paperRows } from "./paper-table.ts";
export { datasetTable, type PrintedTable, type PrintOptions } from "./printed-table.ts";
export { type Average, type Cell, type IntervalBasis, type Score, type ScoreRow, scoreRow } from "./scores.ts";
export { contactSheet, type SheetOptions, type SheetRow, type SheetSection } from "./sheets/contact-sheet.ts";
export {
  isPublishable,
  largestStrip,
  type StripKind,
  type Strips,
  stripClasses,
  stripKinds,
  stripPath,
} from "./strips.ts";
export { tuningStates } from "./tuned-rows.ts";
export { leftOutNote, miniatureNote, seedsText } from "./wording.ts";
export { type Report, type ReportPaths, writeReport } from "./write-report.ts";
