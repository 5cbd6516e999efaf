/** Exit codes of `bench`; the runner's errors carry theirs, this is for those of other packages. */
export const exitCodes = { failure: 1, usage: 2, someCellsFailed: 3, data: 4, io: 74, interrupted: 75 } as const;
