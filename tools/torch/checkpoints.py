"""Writes the small checkpoints that the tests of packages/weights and packages/dit read, and their values.

    .venv/bin/python tools/torch/checkpoints.py [folder]

With a folder, the script writes into weights/ and dit/ below this folder.
"""

import argparse
import collections
import json
import pathlib
import shutil
import sys

import numpy as np
import torch
from diffusers import DiTTransformer2DModel
from safetensors.torch import save_file

top = pathlib.Path(__file__).parents[2]
weights = top / "packages/weights/src/fixtures/checkpoints"
dit = top / "packages/dit/src/fixtures/diffusers"
if len(sys.argv) > 1:
    weights, dit = pathlib.Path(sys.argv[1]) / "weights", pathlib.Path(sys.argv[1]) / "dit"


def numbers():
    """Tensors of every kind that a state dict can hold."""
    g = torch.Generator().manual_seed(1)
    base = torch.randn(4, 6, generator=g)
    tied = torch.randn(3, generator=g)
    out = collections.OrderedDict(
        f64=torch.tensor([0.1, -1e300], dtype=torch.float64),
        f32=torch.randn(2, 3, generator=g),
        f16=torch.tensor([1.5, -65504, 2**-24], dtype=torch.float16),
        bf16=torch.tensor([1.5, -3e38], dtype=torch.bfloat16),
        i64=torch.tensor([-(2**63), 2**63 - 1]),
        i32=torch.tensor([[-(2**31), 5]], dtype=torch.int32),
        i16=torch.tensor([-32768, 1], dtype=torch.int16),
        i8=torch.tensor([-128, 1], dtype=torch.int8),
        u8=torch.tensor([255, 1], dtype=torch.uint8),
        bool=torch.tensor([True, False]),
        scalar=torch.tensor(7.0),
        empty=torch.zeros(0, 4),
        transposed=base.t(),
        columns=base[:, 1:4],
        rows=base[1:3],
        every_other=base[::2, ::3],
        expanded=torch.tensor([[1.0], [2.0]]).expand(2, 5),
        parameter=torch.nn.Parameter(torch.randn(2, generator=g)),
    )
    out["tied.a"] = tied
    out["tied.b"] = tied
    out["__proto__"] = torch.tensor([9.0])
    return out


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 3)
        self.norm = torch.nn.BatchNorm1d(3)

    def forward(self, x):
        return self.norm(self.fc(x))


def train_checkpoint():
    """Returns a checkpoint in the format of facebookresearch/DiT's train.py: model, ema, opt, args."""
    torch.manual_seed(2)
    model, ema = torch.nn.Linear(2, 3), torch.nn.Linear(2, 3)
    opt = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0)
    model(torch.randn(4, 2)).square().sum().backward()
    opt.step()
    args = argparse.Namespace(model="DiT-XL/2", image_size=256, global_seed=0)
    args.results_dir, args.lr = pathlib.PosixPath("results"), np.float32(1e-4)
    args.seen, args.by_class = collections.Counter("aab"), collections.defaultdict(list, {1: [2]})
    args.lists = ({3, 4}, b"bytes", 1 + 2j, None)
    args.big, args.device, args.dtype, args.size = 2**70, torch.device("cpu"), torch.float32, torch.Size([1, 2])
    return {"model": model.state_dict(), "ema": ema.state_dict(), "opt": opt.state_dict(), "args": args}


def dense(tensors):
    """Copies the tensors to the values that must be read, since safetensors stores neither views nor shared tensors."""
    return {k: v.detach().clone().contiguous() for k, v in tensors.items()}


def main():
    for folder in (weights, dit):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    state = numbers()
    save_file(dense(state), weights / "numbers.safetensors")
    torch.save(state, weights / "numbers-zip.pt")
    torch.save(state, weights / "numbers-legacy.pt", _use_new_zipfile_serialization=False)
    subset = {k: state[k] for k in ("f32", "transposed", "f16")}
    legacy = dict(_use_new_zipfile_serialization=False)
    torch.save(subset, weights / "protocol-0-legacy.pt", pickle_protocol=0, **legacy)  # no program can load it
    for protocol in (1, 3, 4, 5):
        torch.save(subset, weights / f"protocol-{protocol}-zip.pt", pickle_protocol=protocol)
        torch.save(subset, weights / f"protocol-{protocol}-legacy.pt", pickle_protocol=protocol, **legacy)

    training_state = train_checkpoint()
    torch.save(training_state, weights / "train-zip.pt")
    torch.save(training_state, weights / "train-legacy.pt", _use_new_zipfile_serialization=False)
    values = {f"{part}.{k}": v for part in ("ema", "model") for k, v in dense(training_state[part]).items()}
    save_file(values, weights / "train.safetensors")

    torch.manual_seed(3)
    module = Tiny().eval()
    torch.save(module, weights / "module.pt")
    torch.jit.save(torch.jit.script(module), weights / "script.pt")
    save_file(dense(module.state_dict()), weights / "module.safetensors")

    tagged_tensor = torch.arange(3.0)
    tagged_tensor.note = "an attribute"
    odd_types = {"u16": torch.tensor([65535, 1], dtype=torch.uint16), "c64": torch.tensor([1 + 2j])}
    odd_types |= {"f8": torch.zeros(2, dtype=torch.float8_e4m3fn), "tagged": tagged_tensor}
    odd_types["quantized"] = torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.qint8)
    torch.save(odd_types, weights / "odd-types.pt")
    torch.save({"weight": torch.eye(2).to_sparse()}, weights / "sparse.pt")
    torch.save(torch.arange(4.0), weights / "one-tensor.pt")
    torch.save({"epoch": 3}, weights / "no-tensors.pt")

    torch.manual_seed(4)
    model = DiTTransformer2DModel(
        num_attention_heads=2, attention_head_dim=4, in_channels=4, out_channels=8, num_layers=2, sample_size=4,
        patch_size=2, num_embeds_ada_norm=3, norm_eps=1e-6,
    ).eval()  # norm_eps: the official model has 1e-6 everywhere
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape) * 0.2)
        for i in (1,):  # a converted checkpoint has the same embedders in every block
            for name, p in model.transformer_blocks[i].norm1.emb.named_parameters():
                p.copy_(dict(model.transformer_blocks[0].norm1.emb.named_parameters())[name])
    model.save_pretrained(dit / "whole")
    model.to(torch.float16).save_pretrained(dit / "shards", max_shard_size="12KB")
    model = DiTTransformer2DModel.from_pretrained(dit / "whole").eval()
    x, t, y = torch.randn(3, 4, 4, 4), torch.tensor([0, 500, 999]), torch.tensor([0, 2, 3])
    with torch.no_grad():
        diffusers_output = model(x, timestep=t, class_labels=y).sample
    # diffusers 0.42 spaces 128 frequencies over 127 steps, the official model over 128.
    for block in model.transformer_blocks:
        block.norm1.emb.time_proj.downscale_freq_shift = 0
    with torch.no_grad():
        out = model(x, timestep=t, class_labels=y).sample
    save_file({"x": x, "t": t, "y": y, "out": out, "out_diffusers": diffusers_output}, dit / "outputs.safetensors")
    for path in dit.rglob("config.json"):  # removes the name of the folder of the loaded model
        config = {k: v for k, v in json.loads(path.read_text()).items() if k != "_name_or_path"}
        path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


main()
