// Makes the files that tests of this package and of those that use it need; not part of the program.
export { type MatOptions, type MatSource, makeMat } from "./make-mat.ts";
