// Full fine-tuning.
export {};
