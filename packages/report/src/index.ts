// Records to CSV, Markdown and charts.
export {};
