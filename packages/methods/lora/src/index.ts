// LoRA.
export {};
