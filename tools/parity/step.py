"""Computes a DiffFit step or a guided sample of a DiT with random weights in plain PyTorch.

    .venv/bin/python tools/parity/step.py step|sample tiny|true FOLDER
"""

import pathlib
import resource
import sys
import time

import torch
from safetensors.torch import save_file
from torch_dit import SIZES, guided_samples, hybrid_loss, official_file

STEPS, SCALE = 50, 4.0


def difffit_weights(state, c, g):
    """Returns DiffFit's weights (biases, class table, scale factors, norms) with values unlike the initial values."""
    trained_weights = {k: v.clone() for k, v in state.items() if k.endswith(".bias") or "embedding_table" in k}
    D = c["width"]
    for i in range(c["depth"]):
        if i < c["depth"] // 2:
            for part, n in (("attn.qkv", 3 * D), ("attn.proj", D), ("attn", D), ("mlp", D)):
                trained_weights[f"blocks.{i}.{part}.difffit.gamma_O"] = 1 + 0.1 * torch.randn(n, generator=g)
    for norm in [f"blocks.{i}.norm{k}" for i in range(c["depth"]) for k in (1, 2)] + ["final_layer.norm_final"]:
        trained_weights[f"{norm}.difffit.weight_D"] = 1 + 0.1 * torch.randn(D, generator=g)
        trained_weights[f"{norm}.difffit.bias_D"] = 0.1 * torch.randn(D, generator=g)
    return trained_weights


def step(state, c, size):
    g = torch.Generator().manual_seed(3)
    n = 4 if size == "tiny" else 1
    shape = (n, c["channels"], c["side"], c["side"])
    batch = dict(x0=torch.randn(shape, generator=g), noise=torch.randn(shape, generator=g))
    batch |= dict(t=torch.tensor([321, 5, 999, 700][:n]), y=torch.tensor([3, 1, 2, c["classes"]][:n]))
    start = difffit_weights(state, c, g)
    trained_weights = {k: v.clone().requires_grad_() for k, v in start.items()}
    optimizer = torch.optim.AdamW(trained_weights.values(), lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
    seconds = []
    for k in range(2):  # the second step is only timed
        start_time = time.time()
        optimizer.zero_grad()
        loss = hybrid_loss({**state, **trained_weights}, c, **batch)
        loss.backward()
        optimizer.step()
        seconds.append(time.time() - start_time)
        if k == 0:
            out = {f"grad.{name}": p.grad.clone() for name, p in trained_weights.items()}
            out |= {f"after.{name}": p.detach().clone() for name, p in trained_weights.items()}
            out["loss"] = loss.detach()
    print(f"PyTorch: {seconds[1]:.2f} s a step", file=sys.stderr)
    return {**batch, **out, **{f"start.{name}": v for name, v in start.items()}}


def sample(state, c, size):
    g = torch.Generator().manual_seed(4)
    n = 2 if size == "tiny" else 1
    shape = (n, c["channels"], c["side"], c["side"])
    z, noises = torch.randn(shape, generator=g), torch.randn(STEPS, *shape, generator=g)
    y = torch.tensor([3, 1][:n])
    start_time = time.time()
    with torch.no_grad():
        states = guided_samples(state, c, z, y, noises, STEPS, SCALE)
    print(f"PyTorch: {(time.time() - start_time) / STEPS:.2f} s a step", file=sys.stderr)
    return dict(z=z, y=y, noises=noises, states=states)


def main(part, size, folder):
    c, folder = SIZES[size], pathlib.Path(folder)
    state = torch.load(official_file(folder, size), mmap=True, weights_only=True)
    values = {"step": step, "sample": sample}[part](state, c, size)
    save_file({k: v.contiguous() for k, v in values.items()}, folder / f"{part}-{size}.safetensors")
    print(f"PyTorch: peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB", file=sys.stderr)


main(*sys.argv[1:])
