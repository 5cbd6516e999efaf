// The command line as a library, for tools and tests: the parser, and one command as a function.

export { main, program } from "./main.ts";
