// Tensor functions with closed-form gradients. They run eagerly, under tf.grads and while tracing.

export { gelu, silu } from "./activations.ts";
export { attention, selfAttention } from "./attention.ts";
export { layerNorm } from "./layer-norm.ts";
export { linear } from "./linear.ts";
export { stopGradient } from "./stop-gradient.ts";
