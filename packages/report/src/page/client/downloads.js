// The CSV of all runs, and the button that copies the commands.

import { byId, element } from "./dom.js";

export function startDownloads() {
  byId("download-csv", HTMLButtonElement).addEventListener("click", () => {
    const csv = JSON.parse(byId("csv", HTMLScriptElement).text);
    const url = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
    element("a", { href: url, download: "runs.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // a browser may ask the reader first where to save it
  });
  const copy = byId("copy-commands", HTMLButtonElement);
  const commands = byId("commands", HTMLElement);
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(commands.textContent);
      copy.textContent = "Copied";
    } catch {
      // Pages that are opened as files may not write to the clipboard in every browser: select the text instead.
      getSelection()?.selectAllChildren(commands);
      copy.textContent = "Selected: press Ctrl+C";
    }
  });
}
