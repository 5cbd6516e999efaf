// Limits on the content of a file: higher than any known checkpoint needs, and low enough to fit in memory.

/** The largest public checkpoints have about 10,000, including optimizer states. */
export const maxTensors = 100_000;

/** Values of JSON or of a pickle: ten per tensor. An empty object takes 3 bytes in a file and 180 in memory. */
export const maxValues = 1_000_000;
