"""Writes images of several kinds with Pillow, and their pixels by `convert("RGB")`, which pytorch-fid uses.

    .venv/bin/python tools/parity/images.py FOLDER

Writes one file per kind and FOLDER/expected.safetensors.
"""

import pathlib
import sys

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

W, H = 60, 44


def smooth_image(rng, channels):
    """Returns an image [H, W, channels] without noise, since a JPEG stores colour at half the resolution."""
    low = rng.integers(0, 256, (5, 6, channels), dtype=np.uint8)
    enlarge = lambda plane: np.asarray(Image.fromarray(plane).resize((W, H), Image.BICUBIC))
    return np.stack([enlarge(low[..., c]) for c in range(channels)], axis=2)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    noise = lambda channels: rng.integers(0, 256, (H, W, channels), dtype=np.uint8)
    rgb = Image.fromarray(smooth_image(rng, 3))
    gray16 = rng.integers(0, 65536, (H, W), dtype=np.uint16)
    dark_gray16 = rng.integers(0, 400, (H, W), dtype=np.uint16)
    files = {
        "png RGB": (Image.fromarray(noise(3)), "png", {}),
        "png gray": (Image.fromarray(noise(1)[..., 0]), "png", {}),
        "png gray 16 bits": (Image.fromarray(gray16), "png", {}),
        "png gray 16 bits, dark": (Image.fromarray(dark_gray16), "png", {}),
        "png gray with alpha": (Image.fromarray(noise(2), "LA"), "png", {}),
        "png RGB with alpha": (Image.fromarray(noise(4), "RGBA"), "png", {}),
        "png of one bit": (Image.fromarray(noise(1)[..., 0] > 127), "png", {}),
        "png with a palette": (rgb.quantize(37), "png", {}),
        "png with a palette and transparency": (rgb.quantize(16), "png", dict(transparency=3)),
        "gif": (rgb.quantize(100), "gif", {}),
        "webp without loss": (Image.fromarray(noise(3)), "webp", dict(lossless=True)),
        "webp": (rgb, "webp", dict(quality=90)),
        "jpeg 4:4:4": (rgb, "jpeg", dict(quality=95, subsampling=0)),
        "jpeg 4:2:0": (rgb, "jpeg", dict(quality=85, subsampling=2)),
        "jpeg progressive": (rgb, "jpeg", dict(quality=85, progressive=True)),
        "jpeg gray": (rgb.convert("L"), "jpeg", dict(quality=95)),
        "jpeg CMYK": (Image.fromarray(smooth_image(rng, 4), "CMYK"), "jpeg", dict(quality=95)),
    }
    expected = {}
    for name, (image, kind, options) in files.items():
        path = folder / f"{name.replace(':', '-')}.{kind}"
        image.save(path, **options)
        expected[path.name] = np.ascontiguousarray(np.asarray(Image.open(path).convert("RGB")))
    save_file(expected, folder / "expected.safetensors")


main(pathlib.Path(sys.argv[1]))
