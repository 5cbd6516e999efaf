// Tensor functions with closed-form gradients, eager and traced.
export {};
