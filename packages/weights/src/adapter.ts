// Recognises adapters: weights that modify a base model and are not a model themselves. Tensor names are those of PEFT,
// diffusers, kohya and LyCORIS.

const kinds: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\blora_(A|B|up|down|embedding_[AB]|magnitude_vector)\b|_lora\.(up|down)\./, "LoRA"],
  [/\bhada_w[12]_/, "LoHa"],
  [/\blokr_w[12]/, "LoKr"],
  [/\bia3_l\b/, "IA³"],
  [/\b(oft_[rRs]|oft_blocks|boft_[RS])\b/, "OFT"],
  [/\bvera_lambda_/, "VeRA"],
  [/\bprompt_(embeddings|encoder)\b/, "prompt-tuning"],
];

/**
 * Describes the adapter among these tensors: "a LoRA adapter". Undefined if there is none.
 *
 * @param names names of all tensors
 */
export function describeAdapter(names: Iterable<string>): string | undefined {
  let kind: string | undefined;
  let hasBaseLayers = false;
  for (const name of names) {
    kind ??= kinds.find(([pattern]) => pattern.test(name))?.[1];
    hasBaseLayers ||= name.includes(".base_layer.");
  }
  if (kind === undefined) return undefined;
  const article = /^[AEIOUL]/.test(kind) && !/^Lo/.test(kind) ? "an" : "a";
  return hasBaseLayers ? `a model with ${article} ${kind} adapter that is not merged` : `${article} ${kind} adapter`;
}
