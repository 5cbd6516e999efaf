// DiffFit.
export {};
