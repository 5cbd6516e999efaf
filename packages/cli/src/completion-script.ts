// The scripts that let shells complete `bench`, and the form in which they want completions. Both are those of
// @bomb.sh/tab, which took them from Go's cobra. A script calls `bench complete -- WORDS`.

import { ShellCompDirective, script } from "@bomb.sh/tab";
import type { Shell } from "./declarations/complete.ts";
import type { Completions } from "./parser/completions.ts";

/** Returns the script that a shell loads. */
export function completionScript(shell: Shell): string {
  const text = logged(() => script(shell, "bench", "bench"));
  if (shell !== "bash") return text;
  // Two corrections. Constants that are read-only make errors when the script is loaded again. Without `-o default`,
  // bash completes no files.
  return `${text.replaceAll(/^readonly /gm, "")}complete -o default -F __bench_complete bench\n`;
}

/** Writes completions as the scripts read them: a line for each word, and one that says what else to complete. */
export function formatCompletions({ words, files }: Completions): string {
  const lines = words.map(({ word, about }) => `${word}\t${about.replaceAll(/\s+/g, " ")}`);
  const areKeys = words.length > 0 && words.every(({ word }) => word.endsWith("=")); // a value follows without a space
  const directive =
    (files ? ShellCompDirective.ShellCompDirectiveDefault : ShellCompDirective.ShellCompDirectiveNoFileComp) |
    (areKeys ? ShellCompDirective.ShellCompDirectiveNoSpace : 0);
  return [...lines, `:${directive}`, ""].join("\n");
}

/** Returns what a function prints with console.log: the library returns no text. */
function logged(run: () => void): string {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(`${line}\n`);
  try {
    run();
  } finally {
    console.log = log;
  }
  return lines.join("");
}
