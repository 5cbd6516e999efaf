"""Writes .npz files with NumPy for dit-bench to read, and reads the .npz files that dit-bench writes.

    .venv/bin/python tools/parity/npz.py write|read tiny|true FOLDER
"""

import json
import pathlib
import sys

import numpy as np

DIMENSIONS = {"tiny": 16, "true": 2048}


def main(action, size, folder):
    folder, d = pathlib.Path(folder), DIMENSIONS[size]
    rng = np.random.default_rng(6)
    arrays = dict(mu=rng.normal(size=d), sigma=rng.normal(size=(d, d)))
    arrays["features"] = rng.normal(size=(d // 4, d)).astype(np.float32)
    if action == "write":
        np.savez(folder / f"stored-{size}.npz", **arrays)
        np.savez_compressed(folder / f"deflated-{size}.npz", **arrays)
        arrays["sigma"] = np.asfortranarray(arrays["sigma"])
        np.savez(folder / f"columns-{size}.npz", **arrays)
        return
    with np.load(folder / f"ours-{size}.npz") as ours:
        same = all(ours[k].dtype == v.dtype and ours[k].shape == v.shape for k, v in arrays.items())
        print(json.dumps(max(float(np.abs(ours[k] - v).max()) for k, v in arrays.items()) if same else None))


main(*sys.argv[1:])
