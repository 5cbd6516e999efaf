"""What pytorch-fid makes of images and random weights of the true size.

    .venv/bin/python tools/parity/inception.py FOLDER

Writes FOLDER/inception.pth, the images FOLDER/a and FOLDER/b, and pytorch-fid's features and statistics of each as a-TAP.npz; prints its distances as JSON.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from PIL import Image
from pytorch_fid import fid_score, inception

IMAGES = 12


def random_weights():
    """Seeded, with features of the size that the published weights give (about 0.4 on average)."""
    g = torch.Generator().manual_seed(1)
    inception.load_state_dict_from_url = lambda *_, **__: {}
    strict = torch.nn.Module.load_state_dict
    torch.nn.Module.load_state_dict = lambda self, state, *_, **__: None
    net = inception.fid_inception_v3()
    torch.nn.Module.load_state_dict = strict
    state = {}
    for name, value in net.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        draw = torch.randn(value.shape, generator=g)
        if name.endswith("conv.weight"):
            state[name] = draw * (2 / value[0].numel()) ** 0.5
        elif name.endswith(("bn.weight", "running_var")):
            state[name] = 1 + 0.2 * draw.clamp(-2, 2)
        else:
            state[name] = 0.1 * draw
    return state


def images(folder, seed):
    """Smooth pictures of several sizes with some noise."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(seed)
    for i in range(IMAGES):
        size = [(64, 48), (299, 299), (500, 333), (97, 610)][i % 4]
        low = Image.fromarray(rng.integers(0, 256, (6, 5, 3), dtype=np.uint8)).resize(size, Image.BICUBIC)
        noisy = np.asarray(low, np.int16) + rng.integers(-20, 21, (size[1], size[0], 3))
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(folder / f"{i:02}.png")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    state = random_weights()
    torch.save(state, folder / "inception.pth")
    inception.load_state_dict_from_url = lambda *_, **__: state
    for seed, name in enumerate("ab"):
        images(folder / name, seed)
    distances = {}
    for tap in (64, 192, 768, 2048):
        model = inception.InceptionV3([inception.InceptionV3.BLOCK_INDEX_BY_DIM[tap]]).eval()
        sets = []
        for name in "ab":
            files = sorted((folder / name).iterdir())
            features = fid_score.get_activations(files, model, batch_size=1, dims=tap, device="cpu", num_workers=0)
            mu, sigma = features.mean(axis=0), np.cov(features, rowvar=False)
            np.savez_compressed(folder / f"{name}-{tap}.npz", features=features, mu=mu, sigma=sigma)
            sets += [mu, sigma]
        distances[tap] = fid_score.calculate_frechet_distance(*sets)
    print(json.dumps(distances))


main(pathlib.Path(sys.argv[1]))
