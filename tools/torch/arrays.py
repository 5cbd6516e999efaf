"""Writes, with NumPy, the small .npz files that the tests of packages/weights read.

    .venv/bin/python tools/torch/arrays.py
"""

import pathlib

import numpy as np

out = pathlib.Path(__file__).parents[2] / "packages/weights/src/fixtures/arrays"
out.mkdir(exist_ok=True)

counting_array = np.arange(24).reshape(2, 3, 4)
arrays = dict(
    mu=np.linspace(-1, 1, 3),
    sigma=np.arange(9.0).reshape(3, 3) / 7,
    columns=np.asfortranarray(counting_array / 8),
    f32=counting_array.astype(np.float32),
    f16=np.array([1.5, -65504], np.float16),
    i64=np.array([-(2**63), 2**63 - 1]),
    u8=np.array([[255], [1]], np.uint8),
    bool=np.array([True, False]),
    scalar=np.array(7.0),
    empty=np.zeros((0, 4)),
)
np.savez(out / "stored.npz", **arrays)
np.savez_compressed(out / "deflated.npz", **arrays)
np.savez(out / "big-endian.npz", mu=np.array([1.0], ">f8"))
np.savez(out / "objects.npz", mu=np.array([{}], object))
np.savez(out / "fields.npz", mu=np.zeros(2, [("a", "<f8"), ("b", "<i4")]))
