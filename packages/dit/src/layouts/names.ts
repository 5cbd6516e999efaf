// The tensors of the two layouts of a DiT checkpoint: the official one of facebookresearch/DiT, which this project
// uses, and that of diffusers' DiTTransformer2DModel. Source: diffusers, scripts/convert_dit_to_diffusers.py and
// models/embeddings.py.
//
// The weights are the same, but the models differ: DiTTransformer2DModel spaces the 128 timestep frequencies over 127
// steps (models/embeddings.py, `downscale_freq_shift=1`) and its second norm has epsilon 1e-5 by default. The official
// model has 128 and 1e-6. Weights from facebookresearch need the official forward, which is this project's.

/** One tensor of the official layout, and the tensors of diffusers' layout with the same values. */
export interface Correspondence {
  readonly official: string;
  readonly diffusers: readonly string[];
  /**
   * `joined`: together they are its rows, in this order (q, k, v). `copied`: each is a full copy, one in each block.
   */
  readonly as: "joined" | "copied";
}

/** The positions: a tensor in the official layout; diffusers computes them, and its old versions stored this buffer. */
export const officialPositions = "pos_embed";
export const diffusersPositions = "pos_embed.pos_embed";

const embedder = "norm1.emb";

/** Tensors that diffusers copies into every block. */
const copied: Readonly<Record<string, string>> = {
  "t_embedder.mlp.0.weight": `${embedder}.timestep_embedder.linear_1.weight`,
  "t_embedder.mlp.0.bias": `${embedder}.timestep_embedder.linear_1.bias`,
  "t_embedder.mlp.2.weight": `${embedder}.timestep_embedder.linear_2.weight`,
  "t_embedder.mlp.2.bias": `${embedder}.timestep_embedder.linear_2.bias`,
  "y_embedder.embedding_table.weight": `${embedder}.class_embedder.embedding_table.weight`,
};

/** Linear layers of a block. */
const inBlock: Readonly<Record<string, readonly string[]>> = {
  "adaLN_modulation.1": ["norm1.linear"],
  "attn.qkv": ["attn1.to_q", "attn1.to_k", "attn1.to_v"],
  "attn.proj": ["attn1.to_out.0"],
  "mlp.fc1": ["ff.net.0.proj"],
  "mlp.fc2": ["ff.net.2"],
};

/** Linear layers outside the blocks. */
const outside: Readonly<Record<string, string>> = {
  "x_embedder.proj": "pos_embed.proj",
  "final_layer.adaLN_modulation.1": "proj_out_1",
  "final_layer.linear": "proj_out_2",
};

/** All tensors of a DiT of this depth, except the positions. */
export function correspondences(depth: number): Correspondence[] {
  const blocks = Array.from({ length: depth }, (_, i) => i);
  const linear = (official: string, diffusers: readonly string[]): Correspondence[] =>
    ["weight", "bias"].map((end) => ({
      official: `${official}.${end}`,
      diffusers: diffusers.map((name) => `${name}.${end}`),
      as: "joined",
    }));
  return [
    ...Object.entries(outside).flatMap(([official, diffusers]) => linear(official, [diffusers])),
    ...Object.entries(copied).map(
      ([official, name]): Correspondence => ({
        official,
        diffusers: blocks.map((i) => `transformer_blocks.${i}.${name}`),
        as: "copied",
      }),
    ),
    ...blocks.flatMap((i) =>
      Object.entries(inBlock).flatMap(([official, parts]) =>
        linear(
          `blocks.${i}.${official}`,
          parts.map((part) => `transformer_blocks.${i}.${part}`),
        ),
      ),
    ),
  ];
}
