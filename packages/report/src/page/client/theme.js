// The choice of light or dark colours. Without a choice the page follows the system.

import { byId } from "./dom.js";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

/** @type {(() => void)[]} */
const listeners = [];

/** Calls a function after each change of the colours. @param {() => void} listener */
export function onThemeChange(listener) {
  listeners.push(listener);
}

/** @returns {boolean} */
export function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? systemIsDark.matches : theme === "dark";
}

/** The colour of a custom property of the style sheet, as `rgb(…)`. @param {string} name */
export function pageColour(name) {
  const probe = byId("colour-probe", HTMLElement);
  probe.style.setProperty("color", `var(${name})`); // of this element alone: the styles of all others stay valid
  return getComputedStyle(probe).color;
}

export function startTheme() {
  const select = byId("theme", HTMLSelectElement);
  const { dataset } = document.documentElement;
  /** @param {string | undefined} theme */
  const apply = (theme) => {
    if (theme) dataset.theme = theme;
    else delete dataset.theme;
    for (const listener of listeners) listener();
  };
  select.value = dataset.theme ?? "";
  select.addEventListener("change", () => {
    try {
      localStorage.setItem("dit-bench-theme", select.value);
    } catch {
      // The choice then holds until the page is closed.
    }
    apply(select.value);
  });
  systemIsDark.addEventListener("change", () => apply(select.value));
  // Charts have the colours that they were last drawn in, and paper is light.
  addEventListener("beforeprint", () => apply("light"));
  addEventListener("afterprint", () => apply(select.value));
}
