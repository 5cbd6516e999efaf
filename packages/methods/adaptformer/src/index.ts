// AdaptFormer.
export {};
