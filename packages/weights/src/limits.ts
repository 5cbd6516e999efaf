// How much a file may list: more than any checkpoint that exists has, and less than what fills the memory.

/** Optimizer states included, the largest public checkpoints have some ten thousand. */
export const maxTensors = 100_000;

/** Of JSON or of a pickle: ten a tensor. An empty object takes three bytes in a file and 180 in memory. */
export const maxValues = 1_000_000;
