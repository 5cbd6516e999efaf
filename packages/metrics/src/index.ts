// Feature extractors, FID and KID.
export {};
