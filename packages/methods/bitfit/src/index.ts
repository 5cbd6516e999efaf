// BitFit.
export {};
