"""Statistics of 2048 dimensions, and SciPy's Fréchet distance of each pair, for holding `bench fid` against it.

    .venv/bin/pip install numpy scipy
    .venv/bin/python tools/torch/frechet.py FOLDER
    npx bench fid FOLDER/full-1.npz FOLDER/full-2.npz
    npx bench fid FOLDER/singular-1.npz FOLDER/singular-2.npz
"""

import pathlib
import sys
import time

import numpy as np
from scipy import linalg

DIMENSIONS = 2048


def features(samples, seed):
    """Correlated, not negative and of very different variances, as Inception's are."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(samples, 40)) @ rng.normal(size=(40, DIMENSIONS)) / 20
    scale = 10 ** np.linspace(0, -2, DIMENSIONS)
    return np.maximum(0, scale * (rng.normal(size=(samples, DIMENSIONS)) + common + 0.1 * seed))


def by_matrix_root(mu1, sigma1, mu2, sigma2):
    """As pytorch-fid computes it."""
    root = linalg.sqrtm(sigma1 @ sigma2)
    return ((mu1 - mu2) ** 2).sum() + np.trace(sigma1) + np.trace(sigma2) - 2 * np.trace(root).real


def by_singular_values(x1, x2):
    """tr (Σ1 Σ2)^½ is the sum of the singular values of X1 X2ᵀ, X the centred features over the root of n - 1: exact for singular Σ too."""
    m1, m2 = x1.mean(axis=0), x2.mean(axis=0)
    y1, y2 = (x1 - m1) / (len(x1) - 1) ** 0.5, (x2 - m2) / (len(x2) - 1) ** 0.5
    overlap = linalg.svdvals(y1 @ y2.T).sum()
    return ((m1 - m2) ** 2).sum() + (y1**2).sum() + (y2**2).sum() - 2 * overlap


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, samples in (("full", 4096), ("singular", 500)):
        sets = [features(samples, seed) for seed in (1, 2)]
        stats = [(x.mean(axis=0), np.cov(x, rowvar=False)) for x in sets]
        for i, (mu, sigma) in enumerate(stats, 1):
            np.savez_compressed(folder / f"{name}-{i}.npz", mu=mu, sigma=sigma)
        print(f"{name}: {by_singular_values(*sets)!r} by singular values", flush=True)
        start = time.time()
        root = by_matrix_root(*stats[0], *stats[1])
        print(f"{name}: {root!r} by the matrix root, {time.time() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
