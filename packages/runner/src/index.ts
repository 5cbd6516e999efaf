// One cell: train, sample, score, record.
export {};
