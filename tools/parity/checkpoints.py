"""Writes checkpoints of DiT-XL/2 with other programs, one kind per call, or reads dit-bench's with these programs.

    .venv/bin/python tools/parity/checkpoints.py KIND FOLDER [FILE]

Writes FOLDER/KIND.pt, KIND.safetensors or KIND/. Prints the SHA-256 of the bytes of every tensor, which a reader must
find under the official names. Some kinds only print: `sums` for the random weights, `sums-diffusers` for the same
weights under diffusers' names, `read` for the tensors that PyTorch reads from FILE, and `read-diffusers` for the
tensors that diffusers' model loads from the folder FILE.
"""

import argparse
import hashlib
import json
import pathlib
import sys

import torch
from diffusers import DiTTransformer2DModel
from dit import diffusers_model, to_diffusers
from safetensors.torch import load_file, save_file
from torch_dit import SIZES, official_file

SIZE = "true"


def sums(state):
    """Returns each tensor's SHA-256. 16-bit types are viewed as integers, because NumPy has no bfloat16."""
    as_integers = lambda v: torch.int16 if v.element_size() == 2 else torch.int32
    bytes_of = lambda v: v.detach().contiguous().view(as_integers(v)).numpy()
    return {name: hashlib.sha256(bytes_of(value)).hexdigest() for name, value in state.items()}


def weights(folder):
    return torch.load(official_file(folder, SIZE), mmap=True, weights_only=True)


def training(folder):
    """Writes a checkpoint in the format of facebookresearch/DiT's train.py, with other values in each of its parts."""
    ema, first, second = weights(folder), weights(folder), weights(folder)  # the same file in three storages
    model = {name: -value for name, value in ema.items()}
    moments = lambda name: dict(step=torch.tensor(3.0), exp_avg=first[name], exp_avg_sq=second[name])
    state = {i: moments(name) for i, name in enumerate(model)}
    group = dict(lr=1e-4, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, params=list(state))
    opt = dict(state=state, param_groups=[group])
    args = argparse.Namespace(model="DiT-XL/2", image_size=256)
    torch.save(dict(model=model, ema=ema, opt=opt, args=args), folder / "training.pt")
    return dict(ema=sums(ema), model=sums(model))


def diffusers_folder(folder, kind):
    """Saves the weights with diffusers' model: as one file in float32, or as float16 shards of 1 GB with an index."""
    model = diffusers_model(SIZES[SIZE])
    model.load_state_dict(to_diffusers(weights(folder), SIZES[SIZE]["depth"]))
    if kind == "diffusers-shards":
        model.half()
    model.save_pretrained(folder / kind, max_shard_size="10GB" if kind == "diffusers-one" else "1GB")


def main(kind, folder, path=None):
    folder = pathlib.Path(folder)
    if kind == "read":
        return sums(load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=True))
    if kind == "read-diffusers":
        return sums(DiTTransformer2DModel.from_pretrained(path, low_cpu_mem_usage=False).state_dict())
    if kind == "training":
        return training(folder)
    state = weights(folder)
    if kind == "sums-diffusers":
        return sums(to_diffusers(state, SIZES[SIZE]["depth"]))
    if kind.startswith("diffusers"):
        diffusers_folder(folder, kind)
        is_half = lambda name: kind.endswith("shards") and name != "pos_embed"
        return sums({name: v.half() if is_half(name) else v for name, v in state.items()})
    if kind == "bfloat16":
        state = {name: value.bfloat16() for name, value in state.items()}
    if kind == "official":
        save_file(state, folder / "official.safetensors")
    elif kind != "sums":
        torch.save(state, folder / f"{kind}.pt", _use_new_zipfile_serialization=kind != "legacy")
    return sums(state)


if __name__ == "__main__":
    with torch.no_grad():
        sums_by_name = main(*sys.argv[1:])
    print(json.dumps(sums_by_name))
