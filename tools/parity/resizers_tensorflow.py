"""Resizes random images with TensorFlow's ResizeBilinear and the arguments of version 1.

    .venv/bin/python tools/parity/resizers_tensorflow.py tiny|true FOLDER
"""

import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
from safetensors.numpy import save_file

SIZES = {
    "tiny": [(40, 30), (97, 64), (16, 50)],
    "true": [(32, 32), (64, 48), (299, 299), (500, 333), (97, 610), (1280, 853)],
}
TARGET = {"tiny": 29, "true": 299}


def main(size, folder):
    rng, out, side = np.random.default_rng(6), {}, TARGET[size]
    for i, (width, height) in enumerate(SIZES[size]):
        pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        resized = tf.compat.v1.image.resize_bilinear(
            pixels[None].astype(np.float32), (side, side), align_corners=False, half_pixel_centers=False
        )
        out |= {f"{i}.pixels": pixels, f"{i}.resized": np.ascontiguousarray(resized.numpy()[0])}
    save_file(out, pathlib.Path(folder) / f"resizers-tensorflow-{size}.safetensors")


main(*sys.argv[1:])
