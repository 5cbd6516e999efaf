// `bench complete`: prints the completion script of a shell, and answers the script's calls, `bench complete -- WORDS`.

import type { Command } from "commander";
import { completionScript, formatCompletions } from "../completion-script.ts";
import type { Shell } from "../declarations/complete.ts";
import { completionsOf } from "../parser/completions.ts";
import { print } from "../print.ts";

export function complete(shell: Shell): void {
  print(completionScript(shell));
}

/** Prints the completions of the last word. @param words those after `bench` */
export async function completeWords(bench: Command, words: readonly string[]): Promise<void> {
  print(formatCompletions(await completionsOf(bench, words)));
}
