"""Writes sets of features. Prints their Fréchet distance by SciPy, and other metrics by NumPy and torch-fidelity.

    .venv/bin/python tools/parity/metrics.py tiny|true FOLDER

The NumPy versions are written from the papers. The files are FOLDER/full-1.npz and full-2.npz (statistics only),
singular-1.npz and singular-2.npz (with features). The output is JSON with the Fréchet distance, KID, precision and
recall.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from scipy import linalg
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric

# Dimensions, samples of the full-rank sets, samples of the singular sets.
SIZES = {"tiny": (64, 300, 40), "true": (2048, 4096, 500)}


def features(samples, dimensions, seed):
    """Returns [samples, dimensions] like Inception's features: correlated, not negative, with unequal variances."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(samples, 40)) @ rng.normal(size=(40, dimensions)) / 20
    scale = 10 ** np.linspace(0, -2, dimensions)
    return np.maximum(0, scale * (rng.normal(size=(samples, dimensions)) + common + 0.1 * seed))


def frechet_by_matrix_root(mu1, sigma1, mu2, sigma2):
    """Computes the Fréchet distance in the same way as pytorch-fid."""
    root = linalg.sqrtm(sigma1 @ sigma2)
    return ((mu1 - mu2) ** 2).sum() + np.trace(sigma1) + np.trace(sigma2) - 2 * np.trace(root).real


def frechet_by_singular_values(x1, x2):
    """tr (Σ1 Σ2)^½ is the sum of the singular values of X1 X2ᵀ, where X is the centred features over √(n - 1).

    The Fréchet distance by this formula is exact for singular Σ, too.
    """
    m1, m2 = x1.mean(axis=0), x2.mean(axis=0)
    y1, y2 = (x1 - m1) / (len(x1) - 1) ** 0.5, (x2 - m2) / (len(x2) - 1) ** 0.5
    overlap = linalg.svdvals(y1 @ y2.T).sum()
    return ((m1 - m2) ** 2).sum() + (y1**2).sum() + (y2**2).sum() - 2 * overlap


def kid(x, y):
    """Unbiased squared MMD with the kernel (x·y / D + 1)³ over all pairs: Bińkowski et al. 2018."""
    kernel = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3
    within = lambda k: (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))
    return within(kernel(x, x)) + within(kernel(y, y)) - 2 * kernel(x, y).mean()


def covered_share(x, y, k=3):
    """Share of x within the k-th nearest neighbour's distance of some y: Kynkäänniemi et al. 2019."""
    euclidean = lambda a, b: np.sqrt(np.maximum(0, (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T))
    radii = np.sort(euclidean(y, y), axis=1)[:, k]  # the first is the sample itself
    return (euclidean(x, y) <= radii).any(axis=1).mean()


def metrics_by_torch_fidelity(x, y):
    """Computes the metrics of all samples at once: KID is not averaged over subsets. x is the generated set."""
    x, y = torch.tensor(x), torch.tensor(y)
    kid = kid_features_to_metric(x, y, kid_subsets=1, kid_subset_size=len(x), verbose=False)
    prc = prc_features_to_metric(x, y, verbose=False)
    return dict(kid=kid["kernel_inception_distance_mean"], precision=prc["precision"], recall=prc["recall"])


def main(size, folder):
    folder.mkdir(parents=True, exist_ok=True)
    dimensions, *counts = SIZES[size]
    out = {}
    for name, samples in zip(("full", "singular"), counts):
        sets = [features(samples, dimensions, seed).astype(np.float32).astype(np.float64) for seed in (1, 2)]
        stats = [(x.mean(axis=0), np.cov(x, rowvar=False)) for x in sets]
        for i, (x, (mu, sigma)) in enumerate(zip(sets, stats), 1):
            kept = {} if name == "full" else dict(features=x.astype(np.float32))
            np.savez(folder / f"{name}-{i}.npz", mu=mu, sigma=sigma, **kept)
        by_root = frechet_by_matrix_root(*stats[0], *stats[1])
        out[name] = dict(singular_values=frechet_by_singular_values(*sets), matrix_root=by_root)
    out |= dict(kid=kid(*sets), precision=covered_share(*sets), recall=covered_share(*sets[::-1]))
    out |= dict(fidelity=metrics_by_torch_fidelity(*sets))
    print(json.dumps(out))


main(sys.argv[1], pathlib.Path(sys.argv[2]))
