"""Loads an exported adapter with PEFT onto a DiT in plain PyTorch, and writes its outputs and its merged weights.

    .venv/bin/python tools/parity/adapters.py FOLDER

FOLDER has base.safetensors (the base model), inputs.safetensors (x, t, y) and the export in adapter/. Warnings of PEFT
about keys and fields are errors here.
"""

import pathlib
import sys
import warnings

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "torch"))
from dit import DiT  # noqa: E402


def main(folder):
    model = DiT()
    base = load_file(folder / "base.safetensors")
    base.pop("y_embedder.embedding_table.weight")
    missing, unexpected = model.load_state_dict(base, strict=False)
    assert missing == ["y_embedder.embedding_table.weight"] and not unexpected, (missing, unexpected)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*adapter keys.*")
        warnings.filterwarnings("error", message=".*Unexpected keyword.*")
        adapted = PeftModel.from_pretrained(model, str(folder / "adapter")).eval()
    inputs = load_file(folder / "inputs.safetensors")
    with torch.no_grad():
        out = adapted(inputs["x"], inputs["t"], inputs["y"].long())
        merged = adapted.merge_and_unload().state_dict()
    save_file({"out": out.contiguous()}, folder / "out.safetensors")
    save_file({name: value.contiguous() for name, value in merged.items()}, folder / "merged.safetensors")


main(pathlib.Path(sys.argv[1]))
