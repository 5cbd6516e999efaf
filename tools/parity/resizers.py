"""Resizes random images with Pillow, PyTorch and torch-fidelity.

    .venv/bin/python tools/parity/resizers.py tiny|true FOLDER
"""

import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.numpy import save_file
from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x

SIZES = {"tiny": [(40, 30), (97, 64)], "true": [(64, 48), (299, 299), (500, 333), (97, 610), (1280, 853)]}
TARGET = {"tiny": 29, "true": 299}
CROP = {"tiny": 32, "true": 256}


def crop(image, side):
    """Crops like ADM: halves with a box filter while possible, scales the shorter side bicubically, cuts the centre."""
    while min(image.size) >= 2 * side:
        image = image.resize(tuple(n // 2 for n in image.size), Image.BOX)
    scale = side / min(image.size)
    image = image.resize(tuple(round(n * scale) for n in image.size), Image.BICUBIC)
    array = np.array(image)
    top, left = (array.shape[0] - side) // 2, (array.shape[1] - side) // 2
    return array[top : top + side, left : left + side]


def main(size, folder):
    rng, out, side = np.random.default_rng(5), {}, TARGET[size]
    for i, (width, height) in enumerate(SIZES[size]):
        pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        image = Image.fromarray(pixels)
        planes = [Image.fromarray(pixels[..., c].astype(np.float32)) for c in range(3)]
        channels = [plane.resize((side, side), Image.BICUBIC) for plane in planes]
        x255 = torch.tensor(pixels).permute(2, 0, 1)[None].float()
        x = x255 / 255
        bilinear = F.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)[0].permute(1, 2, 0)
        tensorflow_resized = interpolate_bilinear_2d_like_tensorflow1x(x255, size=(side, side), align_corners=False)
        tensorflow_resized = tensorflow_resized[0].permute(1, 2, 0)
        out |= {
            f"{i}.tensorflow": np.ascontiguousarray(tensorflow_resized.numpy()),
            f"{i}.pixels": pixels,
            f"{i}.bicubic_float": np.stack([np.asarray(c) for c in channels], axis=2),
            f"{i}.bicubic_8bit": np.asarray(image.resize((side, side), Image.BICUBIC)),
            f"{i}.box_8bit": np.asarray(image.resize((width // 2, height // 2), Image.BOX)),
            f"{i}.bilinear": np.ascontiguousarray(bilinear.numpy()),
            f"{i}.crop": np.ascontiguousarray(crop(image, CROP[size])),
        }
    save_file(out, pathlib.Path(folder) / f"resizers-{size}.safetensors")


main(*sys.argv[1:])
