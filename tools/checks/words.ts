// The words that this project does not use, each with the words that replace it.

export interface Word {
  /** Matched without regard to case, in text whose camelCase identifiers are split into words. */
  readonly pattern: RegExp;
  readonly instead: string;
}

export const words: readonly Word[] = [
  { pattern: /\bturn(?:ed|ing)\b(?! (?:off|on|upright)\b)/i, instead: "transposed; rotated; converted" },
  { pattern: /\bproducts?\b/i, instead: "matrix multiplication, GEMM; allowed: dot product and the like" },
  { pattern: /\b(?:told|said|says of)\b/i, instead: "reported, printed, describes" },
  { pattern: /\b(?:let|lets|letting) go\b|\btak(?:e|es|en|ing) up again\b/i, instead: "released, resumed" },
  { pattern: /\bprocessors?\b/i, instead: "the CPU" },
  { pattern: /\bpictures?\b/i, instead: "image; chart or plot for a figure made by this project" },
  { pattern: /\bthe distance\b(?! (?:between|from|to|of))|\bdistances\b/i, instead: "FID, Fréchet distance" },
  { pattern: /\banew\b/i, instead: "again" },
  { pattern: /\bbut for\b/i, instead: "except" },
  { pattern: /\balike\b/i, instead: "equal, the same" },
  { pattern: /\bat hand\b/i, instead: "available" },
  { pattern: /\bhence\b/i, instead: "so" },
  { pattern: /\bas seldom as\b|\bseldom\b/i, instead: "rarely" },
  {
    pattern: /\bl(?:ie|ies|ay|ying) in the place of\b|\b(?:is|are) not (?:it|them)\b/i,
    instead: "a file with the expected name but the wrong size",
  },
  { pattern: /\bthe floor\b/i, instead: "base model (no fine-tuning)" },
  { pattern: /\bthe ceiling\b/i, instead: "full fine-tuning" },
  { pattern: /\brivals?\b/i, instead: "baseline, peer" },
  { pattern: /\bparts of (?:a|the|each|every) batch\b|\bbatch parts?\b/i, instead: "micro-batches" },
  { pattern: /\b(?:a|an|the|one|each|every|another|this) draws?\b|\bdrawn\b/i, instead: "a sample, sampled" },
  { pattern: /\bstates? of old\b|\bof old\b/i, instead: "the previous state, the updated state" },
  { pattern: /\b(?:the|its|one|each|another|which) space\b/i, instead: "pixel space, latent space" },
];
