"""Values that a fine-tuning method of dit-bench must reproduce: output, loss, gradients and AdamW steps in PyTorch.

A `Method` says how to change a model and which parameters train. `write` makes one file for each:

- `w.<name>`: trained weights with values other than the initial ones; absent if equal to the base weight
- `output`, `loss` (mean squared error against the target) and `grad.<name>`
- `after.<name>`, if the optimizer is compared: the weights after five AdamW steps on the same batch

and base.safetensors (base weights, inputs, target). All names are dit-bench's names. All values are float32, computed
on a CPU.
"""
import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from dit import CHANNELS, CLASSES, INPUT, DiT

BATCH, STEPS = 3, 5
FOLDER = Path(__file__).parents[2] / "packages/runner/src/reference"


@dataclass
class Method:
    """One case: the name of its file, dit-bench's method and options, and the same in PyTorch."""

    key: str
    method: str
    options: dict
    apply: Callable[[DiT], None]
    """Changes a model that has the base weights, in place, and adds parameters."""
    trained: list[str]
    """Parts of the names of the parameters that train beside the class embedding."""
    names: list[tuple[str, str]] = field(default_factory=list)
    """Patterns that make dit-bench's names of PyTorch's names, applied one after the other."""
    convert: Callable[[str, Tensor], dict[str, Tensor]] | None = None
    """dit-bench's tensors of a parameter or its gradient, by name, where they are not the same tensor."""
    steps: bool = True
    """Whether AdamW steps are compared."""

    def name(self, name):
        for pattern, ours in self.names:
            name = re.sub(pattern, ours, name)
        return name

    def ours(self, name, value):
        return {self.name(name): value} if self.convert is None else self.convert(self.name(name), value)


def random_base(rng):
    """Weights N(0, 1/fan-in), biases N(0, 0.1^2), class table N(0, 0.5^2): no part is zero."""
    base = {}
    for name, value in DiT().state_dict().items():
        if name == "pos_embed":
            base[name] = value
            continue
        fan_in = math.prod(value.shape[1:])
        std = 0.1 if name.endswith("bias") else 0.5 if "embedding_table" in name else fan_in**-0.5
        base[name] = torch.tensor(std * rng.standard_normal(value.shape), dtype=torch.float32)
    return base


def random_inputs(rng):
    shape = (BATCH, CHANNELS, INPUT, INPUT)
    return {
        "x": torch.tensor(rng.standard_normal(shape), dtype=torch.float32),
        "t": torch.tensor([3.0, 250.0, 999.0]),
        "y": torch.tensor([0, 2, CLASSES], dtype=torch.int32),
        "target": torch.tensor(rng.standard_normal((BATCH, 2 * CHANNELS, INPUT, INPUT)), dtype=torch.float32),
    }


def base_and_inputs():
    rng = np.random.default_rng(0)
    return random_base(rng), random_inputs(rng)


def adapt_model(base, method, move):
    """Returns a model with the method and the base weights, and its trainable parameters by their PyTorch names."""
    torch.manual_seed(0)
    rng = np.random.default_rng(1)
    model = DiT()
    method.apply(model)
    state = model.state_dict()
    load_base(model, base, method)
    added = {name for name in state if method.name(name) not in base}
    trained_parameters = {}
    for name, p in model.named_parameters():
        is_trained = "y_embedder" in name or any(pattern in name for pattern in method.trained)
        p.requires_grad_(is_trained)
        if not is_trained:
            continue
        trained_parameters[name] = p
        if move:
            std = 0.3 if name in added else 0.1
            p.data += torch.tensor(std * rng.standard_normal(p.shape), dtype=torch.float32)
    return model, trained_parameters


def load_base(model, base, method):
    """Gives a model its base weights. The method may have renamed them, but not removed any."""
    state = model.state_dict()
    theirs = {method.name(name): name for name in state}
    lost = [name for name in base if name not in theirs]
    if lost:
        raise RuntimeError(f"{method.key}: the model has no base weights {lost}")
    model.load_state_dict({theirs[name]: value for name, value in base.items()}, strict=False)


def reference_values(base, inputs, method):
    model, trained_parameters = adapt_model(base, method, move=method.key != "full")
    start = {name: p.detach().clone() for name, p in trained_parameters.items()}

    def loss():
        output = model(inputs["x"], inputs["t"], inputs["y"])
        return output, F.mse_loss(output, inputs["target"])

    output, value = loss()
    value.backward()
    values = {"output": output.detach().contiguous(), "loss": value.detach()}

    def add(prefix, name, tensor):
        for ours, converted in method.ours(name, tensor).items():
            values[f"{prefix}.{ours}"] = converted.clone().contiguous()

    for name, p in trained_parameters.items():
        add("grad", name, p.grad)
        if name not in base or not torch.equal(start[name], base[name]):
            add("w", name, start[name])

    if method.steps:
        options = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
        optimizer = torch.optim.AdamW(trained_parameters.values(), **options)
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss()[1].backward()
            optimizer.step()
        for name, p in trained_parameters.items():
            add("after", name, p.detach())
    return values


def write(methods, made_by, folder=FOLDER, with_base=False):
    """Writes the file of each method, and on demand the base model and the inputs, which all of them share."""
    torch.set_num_threads(1)  # fixes the order of summation
    folder.mkdir(parents=True, exist_ok=True)

    def save(key, values, **about):
        # One entry of metadata, because the order of several is not fixed: equal values must give equal bytes.
        about = {"made-by": made_by, "torch": torch.__version__, **about}
        path = folder / f"{key}.safetensors"
        save_file(values, path, {"about": json.dumps(about)})
        return path.stat().st_size

    base, inputs = base_and_inputs()
    if with_base:
        save("base", {**{f"w.{k}": v for k, v in base.items()}, **inputs})
    base_model = DiT()
    base_model.load_state_dict(base)
    with torch.no_grad():
        base_output = base_model(inputs["x"], inputs["t"], inputs["y"])
    for method in methods:
        values = reference_values(base, inputs, method)
        size = save(method.key, values, method=method.method, options=method.options)
        output_change = (values["output"] - base_output).abs().max().item()
        print(
            f"{method.key}: {size} bytes, loss {values['loss'].item():.6f}, moved from the base by {output_change:.3g}"
        )
