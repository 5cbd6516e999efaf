"""Writes features and FIDs of pytorch-fid, clean-fid and torch-fidelity for images and random weights of the true size.

    .venv/bin/python tools/parity/inception.py FOLDER

Writes FOLDER/inception.pth, the image folders FOLDER/a and FOLDER/b, the features of folder a as PROGRAM-TAP.npz, and
pytorch-fid's statistics of both folders as a-TAP.npz and b-TAP.npz. Prints each program's FIDs as JSON. clean-fid is
the origin of the resizer `clean`; torch-fidelity computes the same as TensorFlow's graph of 2015.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from cleanfid import fid as clean_fid
from cleanfid.inception_torchscript import InceptionV3W
from PIL import Image
from pytorch_fid import fid_score, inception
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

IMAGES = 12


def random_weights():
    """Returns seeded weights that give features as large as the published weights do (about 0.4 on average)."""
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
        z = torch.randn(value.shape, generator=g)
        if name.endswith("conv.weight"):
            state[name] = z * (2 / value[0].numel()) ** 0.5
        elif name.endswith(("bn.weight", "running_var")):
            state[name] = 1 + 0.2 * z.clamp(-2, 2)
        else:
            state[name] = 0.1 * z
    return state


def images(folder, seed):
    """Writes smooth images of several sizes with some noise."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(seed)
    for i in range(IMAGES):
        size = [(64, 48), (299, 299), (500, 333), (97, 610)][i % 4]
        low = Image.fromarray(rng.integers(0, 256, (6, 5, 3), dtype=np.uint8)).resize(size, Image.BICUBIC)
        noisy = np.asarray(low, np.int16) + rng.integers(-20, 21, (size[1], size[0], 3))
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(folder / f"{i:02}.png")


class ScriptedNetwork(torch.nn.Module):
    """The network in the form that clean-fid loads: a TorchScript file with `layers`, without resizing or scaling."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(*inception.InceptionV3([3], resize_input=False, normalize_input=False).blocks)

    def forward(self, x):
        return self.layers(x)


def fid_by_clean_fid(folder):
    torch.jit.trace(ScriptedNetwork().eval(), torch.zeros(1, 3, 299, 299)).save(folder / "inception-2015-12-05.pt")
    model = InceptionV3W(str(folder), download=False)
    sets = [
        clean_fid.get_folder_features(
            str(folder / name),
            model=model,
            num_workers=0,
            batch_size=1,
            device=torch.device("cpu"),
            mode="clean",
            verbose=False,
        )
        for name in "ab"
    ]
    np.savez(folder / "clean-2048.npz", features=sets[0])
    return clean_fid.fid_from_feats(*sets)


def fids_by_torch_fidelity(folder):
    """Returns torch-fidelity's FIDs of the 2048 features and of the spatial features of guided-diffusion's evaluator.

    Spatial features are the first 7 channels of `mixed_6/conv`, channels last. torch-fidelity calls this layer
    Mixed_6d.branch1x1.
    """
    taps = ("64", "192", "768", "2048")
    weights = str(folder / "inception.pth")
    network = FeatureExtractorInceptionV3("parity", list(taps), feature_extractor_weights_path=weights)
    spatial_features = []
    keep_features = lambda module, given, out: spatial_features.append(out.permute(0, 2, 3, 1)[..., :7].flatten(1))
    network.Mixed_6d.branch1x1.register_forward_hook(keep_features)
    sets = {tap: [] for tap in (*taps, "spatial")}
    for name in "ab":
        rows = {tap: [] for tap in sets}
        for file in sorted((folder / name).iterdir()):
            pixels = torch.tensor(np.asarray(Image.open(file).convert("RGB"))).permute(2, 0, 1)[None]
            features = dict(zip(taps, network(pixels)), spatial=spatial_features.pop())
            for tap in sets:
                rows[tap].append(features[tap])
        for tap in sets:
            sets[tap].append(torch.cat(rows[tap]))
            if name == "a":
                np.savez(folder / f"tensorflow-{tap}.npz", features=sets[tap][0].numpy())
    metric = lambda pair: fid_statistics_to_metric(*map(fid_features_to_statistics, pair), False)
    fid = lambda tap: metric(sets[tap])["frechet_inception_distance"]
    return {"tensorflow": fid("2048"), "spatial": fid("spatial")}


@torch.no_grad()
def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    state = random_weights()
    torch.save(state, folder / "inception.pth")
    inception.load_state_dict_from_url = lambda *_, **__: state
    for seed, name in enumerate("ab"):
        images(folder / name, seed)
    fids = {}
    for tap in (64, 192, 768, 2048):
        model = inception.InceptionV3([inception.InceptionV3.BLOCK_INDEX_BY_DIM[tap]]).eval()
        sets = []
        for name in "ab":
            files = sorted((folder / name).iterdir())
            features = fid_score.get_activations(files, model, batch_size=1, dims=tap, device="cpu", num_workers=0)
            mu, sigma = features.mean(axis=0), np.cov(features, rowvar=False)
            np.savez_compressed(folder / f"{name}-{tap}.npz", features=features, mu=mu, sigma=sigma)
            sets += [mu, sigma]
        fids[tap] = fid_score.calculate_frechet_distance(*sets)
    print(json.dumps({**fids, "clean": fid_by_clean_fid(folder), **fids_by_torch_fidelity(folder)}))


main(pathlib.Path(sys.argv[1]))
