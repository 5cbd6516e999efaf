// Sets the theme that the reader chose before, so that the page is not painted in another one first.

{
  let theme = null;
  try {
    theme = localStorage.getItem("dit-bench-theme");
  } catch {
    // Some browsers keep nothing for pages that are opened as files.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
