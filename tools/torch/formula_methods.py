"""Six methods by the formulas of their papers in plain PyTorch, for the values that dit-bench is compared with.

    python tools/torch/formula_methods.py [folder]

DoRA (arXiv 2402.09353), GLoRA (2306.07967), Houlsby's adapters (1902.00751), Convpass (2207.07039), SSF (2210.08823)
and LayerNorm tuning (2312.11420). Those of PEFT are not used: its LayerNorm tuning needs norms with weights, and its
DoRA leaves out a part of the gradient (see peft_methods.py).

Parameters have dit-bench's names, with `_` in place of the last dot. I = in, O = out, D = width, R = bottleneck.
"""
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from dit import WIDTH
from reference import FOLDER, Method, write

NAMES = [(r"\.(dora|glora|houlsby|convpass|ssf|layernorm)_(\w+)$", r".\1.\2")]


def add(module, method, change, **shapes):
    """Adds parameters to a module, random ones, and changes its output: change(x, y, parameters)."""
    parameters = {name: nn.Parameter(0.1 * torch.randn(shape)) for name, shape in shapes.items()}
    for name, parameter in parameters.items():
        module.register_parameter(f"{method}_{name}", parameter)
    module.register_forward_hook(lambda module, inputs, y: change(module, inputs[0], y, **parameters))


def norms(model):
    return [norm for block in model.blocks for norm in (block.norm1, block.norm2)] + [model.final_layer.norm_final]


def branches(model):
    return [branch for block in model.blocks for branch in (block.attn, block.mlp)]


def dora(model, rank, alpha):
    """weight_norm of PyTorch is the magnitude times the direction of each row, with the gradient of both."""

    def change(linear, x, _, magnitude_O, a_RI, b_OR):
        direction_OI = linear.weight + alpha / rank * b_OR @ a_RI
        return F.linear(x, torch._weight_norm(direction_OI, magnitude_O[:, None], 0), linear.bias)

    for block in model.blocks:
        qkv = block.attn.qkv
        O, I = qkv.weight.shape
        add(qkv, "dora", change, magnitude_O=(O,), a_RI=(rank, I), b_OR=(O, rank))


def glora(model, rank):
    """W + W * A + B and b + W C + D * b + E with low-rank A, B and C, and vectors D and E."""

    def change(linear, x, _, aLeft, aRight, bLeft, bRight, cLeft, cRight, d, e):
        W, b = linear.weight, linear.bias
        return F.linear(x, W + W * (aLeft @ aRight) + bLeft @ bRight, b + (W @ cLeft @ cRight)[:, 0] + d * b + e)

    for block in model.blocks:
        qkv = block.attn.qkv
        O, I = qkv.weight.shape
        pairs = dict(aLeft=(O, rank), aRight=(rank, I), bLeft=(O, rank), bRight=(rank, I))
        add(qkv, "glora", change, **pairs, cLeft=(I, rank), cRight=(rank, 1), d=(O,), e=(O,))


def glora_of_vectors(model):
    """The smaller forms: A scales rows, B is one number, C is a vector, D is one number, and there is no E."""

    def change(linear, x, _, a, b, c, d):
        W = linear.weight
        return F.linear(x, W + W * a + b, linear.bias + (W @ c)[:, 0] + d * linear.bias)

    for block in model.blocks:
        qkv = block.attn.qkv
        O, I = qkv.weight.shape
        add(qkv, "glora", change, a=(O, 1), b=(1, 1), c=(I, 1), d=(1,))


def affine(module, x, y, scale, shift):
    """A scale and a shift of the channels: the last dimension, or the second one of an image."""
    if isinstance(module, nn.Conv2d):
        return y * scale[:, None, None] + shift[:, None, None]
    return y * scale + shift


def layernorm(model, method="layernorm"):
    for norm in norms(model):
        change = lambda module, x, y, scale_D, shift_D: affine(module, x, y, scale_D, shift_D)  # noqa: E731
        add(norm, method, change, scale_D=(WIDTH,), shift_D=(WIDTH,))


def ssf(model):
    change = lambda module, x, y, scale_O, shift_O: affine(module, x, y, scale_O, shift_O)  # noqa: E731
    linear = [layer for branch in branches(model) for layer in branch.children()]
    for module in [model.x_embedder.proj, *linear]:
        O = module.weight.shape[0]
        add(module, "ssf", change, scale_O=(O,), shift_O=(O,))
    for norm in norms(model):
        add(norm, "ssf", change, scale_O=(WIDTH,), shift_O=(WIDTH,))


def houlsby(model, bottleneck, norm):
    def change(_, x, y, down_RD, downBias_R, up_DR, upBias_D):
        hidden = F.gelu(F.linear(y, down_RD, downBias_R), approximate="tanh")
        return y + F.linear(hidden, up_DR, upBias_D)

    R, D = bottleneck, WIDTH
    for branch in branches(model):
        add(branch, "houlsby", change, down_RD=(R, D), downBias_R=(R,), up_DR=(D, R), upBias_D=(D,))
    if norm:
        layernorm(model, "houlsby")


def convpass(model, beside, scale):
    def change(_, x, y, down_RD, downBias_R, conv_R33R, convBias_R, up_DR, upBias_D):
        def phi(value):
            return value * torch.sigmoid(1.702 * value)

        n, t, _ = x.shape
        side = round(t**0.5)
        grid = phi(F.linear(x, down_RD, downBias_R)).transpose(1, 2).unflatten(2, (side, side))
        mixed = F.conv2d(grid, conv_R33R.permute(0, 3, 1, 2), convBias_R, padding=1)
        return y + scale * F.linear(phi(mixed.flatten(2).transpose(1, 2)), up_DR, upBias_D)

    R, D = 8, WIDTH
    first = dict(down_RD=(R, D), downBias_R=(R,), conv_R33R=(R, 3, 3, R), convBias_R=(R,))
    for block in model.blocks:
        for name in beside:
            add(getattr(block, name), "convpass", change, **first, up_DR=(D, R), upBias_D=(D,))


SMALL_GLORA = {"a": "vector", "b": "constant", "c": "vector", "d": "constant", "e": "none"}
METHODS = [
    Method(key, method, options, apply, [f"{method}_"], NAMES)
    for key, method, options, apply in [
        ("dora", "dora", {"rank": 4, "alpha": 8}, lambda m: dora(m, 4, 8)),
        ("glora", "glora", {}, lambda m: glora(m, 4)),
        ("glora-vectors", "glora", SMALL_GLORA, glora_of_vectors),
        ("houlsby", "houlsby", {"bottleneck": 8}, lambda m: houlsby(m, 8, norm=True)),
        ("convpass", "convpass", {}, lambda m: convpass(m, ["attn", "mlp"], 1)),
        ("convpass-attn", "convpass", {"beside": ["attn"], "scale": 0.5}, lambda m: convpass(m, ["attn"], 0.5)),
        ("ssf", "ssf", {}, ssf),
        ("layernorm", "layernorm", {}, layernorm),
    ]
]

if __name__ == "__main__":
    write(METHODS, "tools/torch/formula_methods.py", Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
