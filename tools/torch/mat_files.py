"""Writes with SciPy the small MATLAB files that the tests of packages/datasets read, and their values as JSON.

    .venv/bin/pip install scipy
    .venv/bin/python tools/torch/mat_files.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.io import savemat

out = Path(__file__).resolve().parents[2] / "packages/datasets/src/prepare/mat/fixtures"
out.mkdir(exist_ok=True)


def object_array(items):
    array = np.empty((1, len(items)), dtype=object)
    for i, item in enumerate(items):
        array[0, i] = item
    return array


# The variables of imagelabels.mat and setid.mat of Oxford Flowers-102.
labels = np.random.default_rng(0).integers(1, 103, (1, 300)).astype(np.uint8)
ids = np.random.default_rng(1).permutation(300)[None] + 1
flowers = {"labels": labels, "trnid": ids[:, :40].astype(np.uint16), "tstid": ids[:, 40:].astype(np.float64)}

# The variables of cars_train_annos.mat and cars_meta.mat of Stanford Cars.
names = ["AM General Hummer SUV 2000", "Acura RL Sedan 2012", "Ram C/V Cargo Van Minivan 2012"]
fields = [(f, object) for f in ("bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2", "class", "fname")]
annotations = np.empty((1, 7), dtype=fields)
for i in range(7):
    box = (np.uint8(i), np.uint16(300 + i), np.uint16(500), np.uint8(9))
    annotations[0, i] = (*box, np.uint8(i % 3 + 1), f"{i + 1:05d}.jpg")
cars = {"annotations": annotations, "class_names": object_array(names)}

types = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "single", "double")
every_type = {
    **{t: np.array([[1, 2], [3, 4], [5, 6]], dtype=t) for t in types},
    "negative": np.array([[-1.5, 2.25, -3e300]]),
    "logical": np.array([[True, False]]),
    "cube": np.arange(24, dtype=np.float64).reshape(2, 3, 4),
    "empty": np.zeros((0, 3)),
    "text": "Blåhat",
    "rows": np.array(["one  ", "three"]),
    "cell": object_array([np.float64(1), "two", object_array([np.int16([3, 4])])]),
    "nested": {"a": {"b": np.float64(7), "c": "deep"}},
}

for name, content in {"flowers": flowers, "cars": cars, "every": every_type}.items():
    for suffix, compressed in (("", True), ("-plain", False)):
        savemat(out / f"{name}{suffix}.mat", content, do_compression=compressed)

(out / "mat.json").write_text(
    json.dumps(
        {
            "labels": labels[0].tolist(),
            "trnid": ids[0, :40].tolist(),
            "tstid": ids[0, 40:].tolist(),
            "names": names,
            "cube": every_type["cube"].flatten("F").tolist(),
        }
    )
    + "\n"
)
