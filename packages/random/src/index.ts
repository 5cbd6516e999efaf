// Philox 4x32-10: random numbers keyed by seed, purpose and index.
export {};
