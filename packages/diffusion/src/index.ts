// Noise schedule, losses, samplers, guidance.
export {};
