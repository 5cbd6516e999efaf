"""Writes outputs of diffusers' AutoencoderKL for random weights and images, to compare packages/autoencoder with them.

    .venv/bin/python tools/parity/autoencoder.py tiny packages/autoencoder/src/fixtures
    .venv/bin/python tools/parity/autoencoder.py true FOLDER

The folder gets a model in the format of `save_pretrained` (config.json and weights), and `expected.safetensors` with
images, noise and outputs. A folder other than the fixtures also gets `images/` with two PNG images, and
`images.safetensors` with the outputs for these images and their mirror images. For `tiny` there is also
`compvis-names.json`, which maps diffusers' names to the names in checkpoints of CompVis/latent-diffusion; diffusers'
converter must invert this map. Prints one JSON object: seconds and CPU seconds per image, and the peak memory of the
process.
"""

import json
import pathlib
import re
import resource
import sys
import time

import torch
from diffusers import AutoencoderKL
from PIL import Image
from safetensors.torch import save_file

SIZES = {
    # Four groups and tiles of 32 keep the model small; the other settings are those of sd-vae-ft-ema.
    "tiny": dict(block_out_channels=(8, 16, 16), layers_per_block=1, norm_num_groups=4, sample_size=32),
    "true": dict(block_out_channels=(128, 256, 512, 512), layers_per_block=2, norm_num_groups=32, sample_size=256),
}
SIDES = {"tiny": (32, 56), "true": (256, 512)}  # side in pixels of an image that is encoded whole, and of a tiled image


def model(size):
    levels = len(SIZES[size]["block_out_channels"])
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        **SIZES[size],
    )
    g = torch.Generator().manual_seed(7)
    state = {}
    for name, value in vae.state_dict().items():
        z = torch.randn(value.shape, generator=g)
        if "norm" in name and name.endswith("weight"):
            state[name] = 1 + 0.2 * z
        elif name.endswith("weight"):
            state[name] = z * value[0].numel() ** -0.5
        else:
            state[name] = 0.2 * z
    vae.load_state_dict(state)
    return vae.eval()


def images(n, side, seed):
    """Smooth images with some noise, [n, 3, side, side] in [-1, 1]."""
    g = torch.Generator().manual_seed(seed)
    low = torch.rand(n, 3, 5, 5, generator=g) * 2 - 1
    x = torch.nn.functional.interpolate(low, size=(side, side), mode="bicubic", align_corners=False)
    return (x + 0.1 * torch.randn(x.shape, generator=g)).clamp(-1, 1)


def measure_time(f, *args):
    start, cpu_start = time.perf_counter(), time.process_time()
    out = f(*args)
    return out, dict(seconds=time.perf_counter() - start, cpu=time.process_time() - cpu_start)


def values(vae, size):
    side, tiled_side = SIDES[size]
    out, times = {}, {}
    x = images(2 if size == "tiny" else 1, side, 1)
    encode, decode = lambda x: vae.encode(x).latent_dist, lambda z: vae.decode(z).sample
    if size == "true":
        measure_time(encode, x)
    posterior, times["encode"] = measure_time(encode, x)
    noise = torch.randn(posterior.mean.shape, generator=torch.Generator().manual_seed(2))
    # DiagonalGaussianDistribution.sample scales and adds its own noise in the same way.
    sampled = posterior.sample(generator=torch.Generator().manual_seed(2))
    latents = posterior.mean + posterior.std * noise
    assert torch.equal(sampled, latents)
    if size == "true":
        measure_time(decode, latents)
    image, times["decode"] = measure_time(decode, latents)
    out |= dict(x=x, mean=posterior.mean, logvar=posterior.logvar, noise=noise, sample=latents, decoded=image)

    vae.enable_tiling()
    x = images(1, tiled_side, 3)
    posterior, times["tiled encode"] = measure_time(encode, x)
    image, times["tiled decode"] = measure_time(decode, posterior.mean)
    out |= {"tiled.x": x, "tiled.mean": posterior.mean, "tiled.logvar": posterior.logvar, "tiled.decoded": image}
    return out, times


def stored_images(vae, size, folder):
    """Writes M images of 8 bits and the outputs [M, F, …] for each image and its mirror image, F = 2."""
    x = images(2, SIDES[size][0], 5)
    bytes_ = ((x + 1) * 127.5).round().to(torch.uint8)
    (folder / "images").mkdir(exist_ok=True)
    for i, image in enumerate(bytes_):
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(folder / "images" / f"{i}.png")
    x = bytes_ / 127.5 - 1
    posteriors = [vae.encode(torch.stack([image, image.flip(-1)])).latent_dist for image in x]
    mean = torch.stack([p.mean for p in posteriors])
    decoded = ((vae.decode(mean[:, 0]).sample / 2 + 0.5).clamp(0, 1) * 255).round().permute(0, 2, 3, 1)
    out = dict(mean=mean, std=torch.stack([p.std for p in posteriors]), decoded=decoded)
    save_file({name: t.contiguous() for name, t in out.items()}, folder / "images.safetensors")


def compvis_names(vae):
    """Maps diffusers' names to the names of CompVis's ldm/modules/diffusionmodules/model.py.

    Checks that diffusers' converter inverts the map.
    """
    levels = len(vae.config.block_out_channels)
    names = {}
    for name in vae.state_dict():
        s = name
        s = re.sub(r"down_blocks\.(\d)\.resnets", r"down.\1.block", s)
        s = re.sub(r"up_blocks\.(\d)\.resnets", lambda m: f"up.{levels - 1 - int(m[1])}.block", s)
        s = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", s)
        s = re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"up.{levels - 1 - int(m[1])}.upsample", s)
        s = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", s)
        s = s.replace("mid_block.attentions.0", "mid.attn_1").replace("conv_shortcut", "nin_shortcut")
        s = s.replace("attn_1.group_norm", "attn_1.norm").replace("conv_norm_out", "norm_out")
        s = re.sub(r"attn_1\.to_([qkv])\.", r"attn_1.\1.", s).replace("attn_1.to_out.0", "attn_1.proj_out")
        names[name] = s
    from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint

    config = dict(vae.config)
    attention = lambda s, v: v[:, :, None, None] if re.search(r"attn_1\.(q|k|v|proj_out)\.weight", s) else v
    compvis_state = {f"first_stage_model.{names[n]}": attention(names[n], v) for n, v in vae.state_dict().items()}
    converted = convert_ldm_vae_checkpoint(dict(compvis_state), config)
    assert sorted(converted) == sorted(names), set(converted) ^ set(names)
    assert all(torch.equal(converted[n].squeeze(), v.squeeze()) for n, v in vae.state_dict().items())
    return names


def main(size, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    vae = model(size)
    vae.save_pretrained(folder)
    if size == "tiny":
        (folder / "compvis-names.json").write_text(json.dumps(compvis_names(vae), indent=0) + "\n")
    with torch.no_grad():
        tensors, times = values(vae, size)
        vae.disable_tiling()
        if "fixtures" not in folder.parts:
            stored_images(vae, size, folder)
    save_file({name: t.contiguous() for name, t in tensors.items()}, folder / "expected.safetensors")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps(dict(times=times, peakMB=peak, torch=torch.__version__)))


if __name__ == "__main__":
    main(*sys.argv[1:])
