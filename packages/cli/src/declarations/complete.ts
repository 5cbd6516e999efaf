// The arguments of `bench complete`.

import { argument, declare } from "../parser/flag.ts";

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

export const complete = declare({
  about: "print a script that lets your shell complete commands, flags and names with the Tab key",
  arguments: { shell: argument("the shell", shells) },
  flags: {},
  notes: [
    "Load the script in each new shell with one line in its start file:",
    "  bash        source <(bench complete bash)         in ~/.bashrc; needs the package bash-completion",
    "  zsh         source <(bench complete zsh)          in ~/.zshrc, after compinit",
    "  fish        bench complete fish | source          in ~/.config/fish/config.fish",
    "  powershell  bench complete powershell | Out-String | Invoke-Expression     in $PROFILE",
    "The shell must find 'bench' itself: 'npx bench' is not completed. In a clone, for example:",
    '  PATH="$PWD/node_modules/.bin:$PATH"',
  ],
});
