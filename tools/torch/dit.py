"""DiT (Peebles & Xie 2022, arXiv 2212.09748) in plain PyTorch, at the small size of the reference values.

Parameters have the names of the official checkpoints. N = batch, T = tokens, D = width.
"""
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

INPUT, PATCH, CHANNELS, WIDTH, DEPTH, HEADS, CLASSES = 8, 4, 2, 16, 6, 2, 3
FREQUENCIES = 256


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, HEADS, d // HEADS).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v)
        return self.proj(y.transpose(1, 2).reshape(n, t, d))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(WIDTH, 4 * WIDTH)
        self.fc2 = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x), approximate="tanh"))


def plain_norm():
    return nn.LayerNorm(WIDTH, eps=1e-6, elementwise_affine=False)


def modulation(parts):
    return nn.Sequential(nn.SiLU(), nn.Linear(WIDTH, parts * WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.attn = plain_norm(), Attention()
        self.norm2, self.mlp = plain_norm(), Mlp()
        self.adaLN_modulation = modulation(6)

    def forward(self, x, c):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.adaLN_modulation(c)[:, None].chunk(6, dim=-1)
        x = x + gate1 * self.attn(self.norm1(x) * (1 + scale1) + shift1)
        return x + gate2 * self.mlp(self.norm2(x) * (1 + scale2) + shift2)


class PatchEmbedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Conv2d(CHANNELS, WIDTH, PATCH, stride=PATCH)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class TimeEmbedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(FREQUENCIES, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH))

    def forward(self, t):
        half = FREQUENCIES // 2
        frequencies = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32) / half)
        angles = t[:, None] * frequencies
        return self.mlp(torch.cat([angles.cos(), angles.sin()], dim=1))


class ClassEmbedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding_table = nn.Embedding(CLASSES + 1, WIDTH)  # the last row is the null class

    def forward(self, y):
        return self.embedding_table(y)


class FinalLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm_final = plain_norm()
        self.linear = nn.Linear(WIDTH, PATCH * PATCH * 2 * CHANNELS)
        self.adaLN_modulation = modulation(2)

    def forward(self, x, c):
        shift, scale = self.adaLN_modulation(c)[:, None].chunk(2, dim=-1)
        return self.linear(self.norm_final(x) * (1 + scale) + shift)


class DiT(nn.Module):
    def __init__(self):
        super().__init__()
        self.x_embedder, self.t_embedder, self.y_embedder = PatchEmbedding(), TimeEmbedding(), ClassEmbedding()
        self.register_buffer("pos_embed", sin_cos_positions())
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.final_layer = FinalLayer()

    def forward(self, x, t, y):
        h = self.x_embedder(x) + self.pos_embed
        c = self.t_embedder(t) + self.y_embedder(y)
        for block in self.blocks:
            h = block(h, c)
        # From [N, T, patch row, patch column, channel] to F.fold's [N, channel, row, column, T].
        patches = self.final_layer(h, c).unflatten(2, (PATCH, PATCH, 2 * CHANNELS)).permute(0, 4, 2, 3, 1)
        return F.fold(patches.flatten(1, 3), (INPUT, INPUT), PATCH, stride=PATCH)


def sin_cos_positions():
    """Returns position embeddings [1, T, D].

    The first half of the width encodes the column, the second half the row. Each half has sines before cosines.
    """
    side = INPUT // PATCH
    row, column = np.divmod(np.arange(side * side), side)
    omega = 10000.0 ** (-np.arange(WIDTH // 4) / (WIDTH // 4))
    columns, rows = np.outer(column, omega), np.outer(row, omega)
    values = np.concatenate([np.sin(columns), np.cos(columns), np.sin(rows), np.cos(rows)], axis=1)
    return torch.tensor(values, dtype=torch.float32)[None]
