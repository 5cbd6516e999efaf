// The command line: bench.
export {};
