// Follows a running grid: asks the server for the page's tag, and loads the page again when it has changed.

import { data } from "./data.js";
import { byId } from "./dom.js";

const interval = 3000; // milliseconds
const storedName = "dit-bench-controls";

export function startFollowing() {
  if (data.follow === null) return;
  restoreControls();
  const status = byId("follow-status", HTMLElement);
  status.textContent = "This page follows the runs.";
  const ask = async () => {
    try {
      const { headers } = await fetch(location.href, { method: "HEAD", cache: "no-store" });
      const tag = headers.get("etag");
      status.textContent = "This page follows the runs.";
      if (tag === data.follow) return;
      keepControls();
      location.reload();
    } catch {
      status.textContent = "The server does not answer: this page is as it was last sent.";
    }
  };
  setInterval(ask, interval);
}

/** The selects and inputs that the reader may have changed. */
const controls = () => [...document.querySelectorAll("select, input")].filter((control) => control.id !== "theme");

function keepControls() {
  const values = controls().map((control) => [control.id, /** @type {HTMLInputElement} */ (control).value]);
  sessionStorage.setItem(storedName, JSON.stringify(values));
}

function restoreControls() {
  const stored = sessionStorage.getItem(storedName);
  sessionStorage.removeItem(storedName);
  const values = new Map(stored === null ? [] : JSON.parse(stored));
  for (const control of controls()) {
    const input = /** @type {HTMLInputElement} */ (control);
    const value = values.get(input.id);
    if (value === undefined || value === input.value) continue;
    input.value = value;
    input.dispatchEvent(new Event(input.tagName === "SELECT" ? "change" : "input"));
  }
}
