// Starts the parts of the page.

import { startCharts } from "./chart-parts.js";
import { startCurves } from "./curves.js";
import { startDifferences } from "./differences.js";
import { startDownloads } from "./downloads.js";
import { startFollowing } from "./follow.js";
import { startGallery } from "./gallery.js";
import { startRunsTable } from "./runs-table.js";
import { startScatter } from "./scatter.js";
import { startFilters, startSorting } from "./sort.js";
import { startTheme } from "./theme.js";

startTheme();
startSorting();
startFilters();
startCharts();
startScatter();
startDifferences();
startCurves();
startGallery();
startRunsTable();
startDownloads();
startFollowing();
