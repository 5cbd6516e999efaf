// The launchers, one line each.

export { local } from "./local.ts";
