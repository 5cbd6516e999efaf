"""Writes three sets of features. Prints scores of neighbours: density and coverage by prdc, the copy rate by NumPy.

    .venv/bin/python tools/parity/neighbours.py tiny|true FOLDER

The files are FOLDER/generated.npz, training.npz and held-out.npz. A tenth of the generated set are training features.
The package prdc is the one of the authors of density and coverage (Naeem et al. 2020).
"""

import contextlib
import json
import pathlib
import sys

import numpy as np
from prdc import compute_prdc
from sklearn.metrics import pairwise_distances

# Dimensions, and samples of the generated, the training and the held-out set.
SIZES = {"tiny": (16, 120, 150, 60), "true": (2048, 1000, 3000, 700)}


def features(samples, dimensions, seed):
    """Returns [samples, dimensions]: correlated, not negative, with unequal variances, as float32 values."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(samples, 8)) @ np.random.default_rng(0).normal(size=(8, dimensions))
    scale = 10 ** np.linspace(0, -2, dimensions)
    return np.maximum(0, scale * (common + 0.5 * rng.normal(size=(samples, dimensions)))).astype(np.float32)


def copy_rate(generated, training, held_out):
    """Share of generated samples nearer to a training sample than the 5 % quantile of the held-out samples."""
    nearest = lambda x: pairwise_distances(x, training).min(axis=1)
    distance = np.quantile(nearest(held_out), 0.05, method="weibull")
    return dict(rate=float((nearest(generated) < distance).mean()), distance=float(distance))


def main(size, folder):
    folder.mkdir(parents=True, exist_ok=True)
    dimensions, *counts = SIZES[size]
    names = ("generated", "training", "held-out")
    sets = {name: features(n, dimensions, seed) for seed, (name, n) in enumerate(zip(names, counts), 1)}
    copies = counts[0] // 10
    sets["generated"][:copies] = sets["training"][:copies]
    for name, x in sets.items():
        wide = x.astype(np.float64)
        np.savez(folder / f"{name}.npz", mu=wide.mean(axis=0), sigma=np.cov(wide, rowvar=False), features=x)
    generated, training, held_out = (sets[name].astype(np.float64) for name in names)
    with contextlib.redirect_stdout(sys.stderr):  # prdc prints the counts
        by_prdc = compute_prdc(real_features=training, fake_features=generated, nearest_k=5)
    out = {name: float(by_prdc[name]) for name in ("density", "coverage")}
    print(json.dumps(out | copy_rate(generated, training, held_out)))


main(sys.argv[1], pathlib.Path(sys.argv[2]))
