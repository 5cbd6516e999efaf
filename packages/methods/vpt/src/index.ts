// VPT.
export {};
