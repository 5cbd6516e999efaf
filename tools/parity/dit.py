"""Writes outputs of a DiT with random weights by plain PyTorch and by diffusers' model, and a folder of this model.

    .venv/bin/python tools/parity/dit.py tiny|true FOLDER
"""

import pathlib
import resource
import sys
import time

import torch
from diffusers import DiTTransformer2DModel
from safetensors.torch import save_file
from torch_dit import SIZES, forward, official_file


def to_diffusers(state, depth):
    """Renames weights as scripts/convert_dit_to_diffusers.py does: separate q, k, v, embedders in every block."""
    out = {}

    def put(official_name, diffusers_name):
        for end in ("weight", "bias"):
            out[f"{diffusers_name}.{end}"] = state[f"{official_name}.{end}"]

    put("x_embedder.proj", "pos_embed.proj")
    put("final_layer.adaLN_modulation.1", "proj_out_1")
    put("final_layer.linear", "proj_out_2")
    for i in range(depth):
        a, b = f"blocks.{i}", f"transformer_blocks.{i}"
        put("t_embedder.mlp.0", f"{b}.norm1.emb.timestep_embedder.linear_1")
        put("t_embedder.mlp.2", f"{b}.norm1.emb.timestep_embedder.linear_2")
        out[f"{b}.norm1.emb.class_embedder.embedding_table.weight"] = state["y_embedder.embedding_table.weight"]
        put(f"{a}.adaLN_modulation.1", f"{b}.norm1.linear")
        put(f"{a}.attn.proj", f"{b}.attn1.to_out.0")
        put(f"{a}.mlp.fc1", f"{b}.ff.net.0.proj")
        put(f"{a}.mlp.fc2", f"{b}.ff.net.2")
        for end in ("weight", "bias"):
            for part, values in zip("qkv", state[f"{a}.attn.qkv.{end}"].chunk(3)):
                out[f"{b}.attn1.to_{part}.{end}"] = values
    return out


def diffusers_model(c):
    return DiTTransformer2DModel(
        num_attention_heads=c["heads"], attention_head_dim=c["width"] // c["heads"], in_channels=c["channels"],
        out_channels=2 * c["channels"], num_layers=c["depth"], sample_size=c["side"], patch_size=c["patch"],
        num_embeds_ada_norm=c["classes"],
    ).eval()


def main(size, folder):
    c, folder = SIZES[size], pathlib.Path(folder)
    state = torch.load(official_file(folder, size), mmap=True, weights_only=True)
    g = torch.Generator().manual_seed(2)
    n = 6 if size == "tiny" else 2
    x = torch.randn(n, c["channels"], c["side"], c["side"], generator=g)
    t = torch.tensor([999, 17, 500, 0, 250, 750][:n])
    y = torch.tensor([c["classes"], 3, 0, c["classes"] - 1, 1, 2][:n])
    save_file({"x": x, "t": t, "y": y}, folder / f"inputs-{size}.safetensors")
    with torch.no_grad():
        forward(state, c, x, t, y)
        start = time.time()
        out = {"out": forward(state, c, x, t, y)}
        print(f"PyTorch: {time.time() - start:.2f} s for {n} inputs", file=sys.stderr)
        model = diffusers_model(c)
        model.load_state_dict(to_diffusers(state, c["depth"]))
        model.save_pretrained(folder / f"diffusers-{size}")
        out["out_diffusers"] = model(x, timestep=t, class_labels=y).sample
        for block in model.transformer_blocks:  # the two settings that differ from the official model
            block.norm1.emb.time_proj.downscale_freq_shift = 0
            block.norm3.eps = 1e-6
        out["out_as_official"] = model(x, timestep=t, class_labels=y).sample
    save_file({k: v.contiguous() for k, v in out.items()}, folder / f"outputs-{size}.safetensors")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"PyTorch and diffusers: peak {peak:.2f} GB", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
