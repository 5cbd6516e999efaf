// The command line as a library, for tools and tests: `program` makes the parser, `main` runs one command.

export { main, program } from "./main.ts";
