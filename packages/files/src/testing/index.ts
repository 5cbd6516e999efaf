// Disks that fail, for the tests of this package and of its users; not part of the program.

export { type FailingDisk, type Outcome, onFailingDisk } from "./failing-disk.ts";
export {
  type Files,
  type Recording,
  readFiles,
  recordChanges,
  statesAfterPowerFailure,
  writeFiles,
} from "./power-failure.ts";
export { type DiskChange, type DiskHooks, watchDisk } from "./watch-disk.ts";
