// The contract: what a fine-tuning method is.
export {};
