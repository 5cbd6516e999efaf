"""DiT, its DiffFit form, the hybrid loss and the guided sampler in plain PyTorch, as functions of the weights.

Weights have the official names. Written from the papers: DiT (arXiv 2212.09748), DiffFit (2304.06648), DDPM
(2006.11239), improved DDPM (2102.09672). This file shares no code with dit-bench.

D = width, H = heads, N = batch, C = channels, S = side, T = tokens
"""

import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

SIZES = {
    "tiny": dict(side=8, patch=2, channels=4, width=64, depth=2, heads=4, classes=10),
    "true": dict(side=32, patch=2, channels=4, width=1152, depth=28, heads=16, classes=1000),  # DiT-XL/2 at 256 x 256
}
FREQUENCIES = 256


def shapes(side, patch, channels, width, depth, heads, classes):
    out = {"pos_embed": (1, (side // patch) ** 2, width)}

    def linear(name, i, o, shape=None):
        out[f"{name}.weight"], out[f"{name}.bias"] = shape or (o, i), (o,)

    linear("x_embedder.proj", 0, width, (width, channels, patch, patch))
    linear("t_embedder.mlp.0", FREQUENCIES, width)
    linear("t_embedder.mlp.2", width, width)
    out["y_embedder.embedding_table.weight"] = (classes + 1, width)
    for i in range(depth):
        linear(f"blocks.{i}.attn.qkv", width, 3 * width)
        linear(f"blocks.{i}.attn.proj", width, width)
        linear(f"blocks.{i}.mlp.fc1", width, 4 * width)
        linear(f"blocks.{i}.mlp.fc2", 4 * width, width)
        linear(f"blocks.{i}.adaLN_modulation.1", width, 6 * width)
    linear("final_layer.linear", width, patch**2 * 2 * channels)
    linear("final_layer.adaLN_modulation.1", width, 2 * width)
    return out


def positions(side, width):
    """Returns position embeddings [1, T, D].

    The first half of the width encodes the column, the second half the row. Each half has sines before cosines.
    """
    row, column = np.divmod(np.arange(side * side), side)
    omega = 10000.0 ** (-np.arange(width // 4) / (width // 4))
    columns, rows = np.outer(column, omega), np.outer(row, omega)
    values = np.concatenate([np.sin(columns), np.cos(columns), np.sin(rows), np.cos(rows)], axis=1)
    return torch.tensor(values, dtype=torch.float32)[None]


def random_weights(c, seed=1):
    """Weights N(0, 1 / fan-in), biases N(0, 0.1^2), class table N(0, 0.5^2): no part is zero."""
    g = torch.Generator().manual_seed(seed)
    out = {}
    for name, shape in shapes(**c).items():
        if name == "pos_embed":
            out[name] = positions(c["side"] // c["patch"], c["width"])
            continue
        std = 0.1 if name.endswith("bias") else 0.5 if "embedding_table" in name else math.prod(shape[1:]) ** -0.5
        out[name] = torch.randn(shape, generator=g).mul_(std)
    return out


def official_file(folder, size):
    """Returns the path of a checkpoint with the official names, which torch.save writes once for all parts."""
    path = pathlib.Path(folder) / f"dit-{size}.pt"
    if not path.exists():
        torch.save(random_weights(SIZES[size]), path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)
    return path


def forward(w, c, x, t, y):
    """Returns the output [N, 2 C, S, S]. Weights that DiffFit adds are used if `w` has them under dit-bench's names."""
    D, H = c["width"], c["heads"]
    layer = lambda name, h: F.linear(h, w[f"{name}.weight"], w[f"{name}.bias"])

    def apply_gamma(name, h):
        gamma = w.get(f"{name}.difffit.gamma_O")
        return h if gamma is None else gamma * h

    def norm(name, h):
        return F.layer_norm(h, (D,), w.get(f"{name}.difffit.weight_D"), w.get(f"{name}.difffit.bias_D"), eps=1e-6)

    half = FREQUENCIES // 2
    frequencies = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32) / half)
    angles = t.float()[:, None] * frequencies
    time = layer("t_embedder.mlp.2", F.silu(layer("t_embedder.mlp.0", torch.cat([angles.cos(), angles.sin()], 1))))
    cond = F.silu(time + w["y_embedder.embedding_table.weight"][y.long()])

    h = F.conv2d(x, w["x_embedder.proj.weight"], w["x_embedder.proj.bias"], stride=c["patch"])
    h = h.flatten(2).transpose(1, 2) + w["pos_embed"]
    for i in range(c["depth"]):
        b = f"blocks.{i}"
        shift1, scale1, gate1, shift2, scale2, gate2 = layer(f"{b}.adaLN_modulation.1", cond)[:, None].chunk(6, dim=-1)
        n, T, _ = h.shape
        modulated = norm(f"{b}.norm1", h) * (1 + scale1) + shift1
        qkv = apply_gamma(f"{b}.attn.qkv", layer(f"{b}.attn.qkv", modulated))
        q, k, v = qkv.view(n, T, 3, H, D // H).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, T, D)
        h = h + gate1 * apply_gamma(f"{b}.attn", apply_gamma(f"{b}.attn.proj", layer(f"{b}.attn.proj", attended)))
        modulated = norm(f"{b}.norm2", h) * (1 + scale2) + shift2
        mlp = layer(f"{b}.mlp.fc2", F.gelu(layer(f"{b}.mlp.fc1", modulated), approximate="tanh"))
        h = h + gate2 * apply_gamma(f"{b}.mlp", mlp)
    shift, scale = layer("final_layer.adaLN_modulation.1", cond)[:, None].chunk(2, dim=-1)
    h = layer("final_layer.linear", norm("final_layer.norm_final", h) * (1 + scale) + shift)
    patches = h.unflatten(2, (c["patch"], c["patch"], 2 * c["channels"])).permute(0, 4, 2, 3, 1)
    return F.fold(patches.flatten(1, 3), (c["side"], c["side"]), c["patch"], stride=c["patch"])


class Schedule:
    """Linear betas over 1000 steps, or the betas of the respaced process, in float64."""

    def __init__(self, steps=None):
        betas = np.linspace(1e-4, 0.02, 1000)
        self.timesteps = np.arange(1000)
        if steps is not None:
            # Python's round, like the official code's, rounds half to even.
            self.timesteps = np.array([round(k * 999 / (steps - 1)) for k in range(steps)])
            kept_acp = np.cumprod(1 - betas)[self.timesteps]
            betas = 1 - kept_acp / np.append(1.0, kept_acp[:-1])
        self.betas = betas
        self.acp = np.cumprod(1 - betas)
        previous_acp = np.append(1.0, self.acp[:-1])
        self.variance = betas * (1 - previous_acp) / (1 - self.acp)
        self.log_variance = np.log(np.append(self.variance[1], self.variance[1:]))
        self.coef1 = np.sqrt(previous_acp) * betas / (1 - self.acp)
        self.coef2 = (1 - previous_acp) * np.sqrt(1 - betas) / (1 - self.acp)

    def at(self, values, t):
        return torch.tensor(values[np.asarray(t)], dtype=torch.float32).view(-1, 1, 1, 1)

    def predict(self, output, xt, t, epsilon=None):
        """Returns x_0, and the mean and log variance of p(x_t-1 | x_t), from the network's output."""
        eps, v = output.chunk(2, dim=1)
        eps = eps if epsilon is None else epsilon
        x0 = self.at(np.sqrt(1 / self.acp), t) * xt - self.at(np.sqrt(1 / self.acp - 1), t) * eps
        mean = self.at(self.coef1, t) * x0 + self.at(self.coef2, t) * xt
        share = (v + 1) / 2
        log_variance = share * self.at(np.log(self.betas), t) + (1 - share) * self.at(self.log_variance, t)
        return x0, mean, log_variance


def hybrid_loss(w, c, x0, noise, t, y):
    """Returns the mean squared error of the noise plus the variational term in bits with a detached mean, for t > 0."""
    s = Schedule()
    xt = s.at(np.sqrt(s.acp), t) * x0 + s.at(np.sqrt(1 - s.acp), t) * noise
    output = forward(w, c, xt, t, y)
    eps = output.chunk(2, dim=1)[0]
    _, mean, log_variance = s.predict(output, xt, t, eps.detach())
    true_mean, true_log = s.at(s.coef1, t) * x0 + s.at(s.coef2, t) * xt, s.at(s.log_variance, t)
    squared = (true_mean - mean) ** 2 * torch.exp(-log_variance)
    kl = 0.5 * (log_variance - true_log - 1 + torch.exp(true_log - log_variance) + squared)
    return (noise - eps).square().mean() + kl.mean() / math.log(2)


def guided_samples(w, c, z, y, noises, steps, scale):
    """Returns x after each ancestral step, [steps, N, C, S, S]: learned variance, guidance on three channels."""
    s, x, out = Schedule(steps), z, []
    null = torch.full_like(y, c["classes"])
    for k, i in enumerate(reversed(range(steps))):
        t = torch.full((len(x),), float(s.timesteps[i]))
        both = forward(w, c, torch.cat([x, x]), torch.cat([t, t]), torch.cat([y, null]))
        labelled, unlabelled = both.chunk(2)
        guided = unlabelled[:, :3] + scale * (labelled[:, :3] - unlabelled[:, :3])
        _, mean, log_variance = s.predict(torch.cat([guided, labelled[:, 3:]], 1), x, [i] * len(x))
        x = mean + (torch.exp(log_variance / 2) * noises[k] if i > 0 else 0)
        out.append(x)
    return torch.stack(out)
