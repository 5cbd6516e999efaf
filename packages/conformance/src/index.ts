// The suite that every method must pass.
export {};
