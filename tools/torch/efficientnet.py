"""Writes golden values of EfficientNet-Lite0 with every width divided by 8 and seeded random weights.

    .venv/bin/python tools/torch/efficientnet.py packages/metrics/src/fixtures/efficientnet_narrow.safetensors

The file has the weights by their checkpoint names, and `features` [2, 160] of two images of 224 x 224 pixels:
x[n, c, i, j] = sin(0.05 i + 0.03 j + c + 2 n), in [-1, 1].
"""

import sys

import torch
from efficientnet_lite_pytorch import EfficientNet
from safetensors.torch import save_file


@torch.no_grad()
def main(path):
    overrides = {"width_coefficient": 1 / 8, "depth_divisor": 1, "fix_head_stem": False}
    model = EfficientNet.from_name("efficientnet-lite0", **overrides).eval()
    g = torch.Generator().manual_seed(1)
    state = {}
    for name, value in model.state_dict().items():
        if name.endswith("num_batches_tracked") or name.startswith("_fc"):
            continue
        z = torch.randn(value.shape, generator=g)
        if value.ndim == 4:
            state[name] = z * (2 / value[0].numel()) ** 0.5
        elif name.endswith(("running_var", "weight")):
            state[name] = 1 + 0.2 * z.clamp(-2, 2)
        else:
            state[name] = 0.1 * z
    model.load_state_dict(state, strict=False)
    n, c, i, j = (torch.arange(k, dtype=torch.float64) for k in (2, 3, 224, 224))
    angle = 2 * n[:, None, None, None] + c[:, None, None] + 0.05 * i[:, None] + 0.03 * j
    x = torch.sin(angle)
    pixels = (x + 1) * 127.5
    double = model.double()
    features = double.extract_features((pixels - 127) / 128).mean((2, 3))
    save_file({**state, "features": features.float()}, path)
    print(features.abs().mean().item(), features.max().item(), sum(v.numel() for v in state.values()))


main(sys.argv[1])
