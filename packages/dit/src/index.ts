// DiT, as a function of its weights.
export {};
