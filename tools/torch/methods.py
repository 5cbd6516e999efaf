"""The six methods of the DiffFit paper in plain PyTorch, for the values that dit-bench is compared with (reference.py).

    python tools/torch/methods.py [folder]

Also writes base.safetensors: base weights, inputs and target. The code is written from the papers: DiT (arXiv
2212.09748), BitFit (2106.10199), LoRA (2106.09685), AdaptFormer (2205.13535), VPT (2203.12119), DiffFit (2304.06648).
"""
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from dit import CHANNELS, DEPTH, HEADS, PATCH, WIDTH, Attention, Block, FinalLayer, Mlp
from reference import FOLDER, Method, write

# The methods. Each changes a model in place and adds parameters; the base model's parameters keep their names.


class LoraLinear(nn.Linear):
    """y = W x + b + (alpha / r) B A x, with alpha 1, loralib's default."""

    def __init__(self, rank):
        super().__init__(WIDTH, 3 * WIDTH)
        self.lora_A = nn.Parameter(torch.empty(rank, WIDTH))
        self.lora_B = nn.Parameter(torch.zeros(3 * WIDTH, rank))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.scaling = 1 / rank

    def forward(self, x):
        return super().forward(x) + self.scaling * F.linear(F.linear(x, self.lora_A), self.lora_B)


def lora(model, rank):
    for block in model.blocks:
        block.attn.qkv = LoraLinear(rank)


class Adapter(nn.Module):
    """AdaptFormer's bottleneck: width 64, factor 0.1, no layer norm. The paper's dropout in training is left out."""

    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Linear(WIDTH, 64), nn.Linear(64, WIDTH)
        nn.init.kaiming_uniform_(self.down.weight, a=math.sqrt(5))
        for zero in self.down.bias, self.up.weight, self.up.bias:
            nn.init.zeros_(zero)

    def forward(self, x):
        return 0.1 * self.up(F.relu(self.down(x)))


class ParallelAdapterBlock(Block):
    """The adapter reads the residual stream before norm2; its output is added to the output of the gated MLP."""

    def __init__(self):
        super().__init__()
        self.adapter = Adapter()

    def forward(self, x, c):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.adaLN_modulation(c)[:, None].chunk(6, dim=-1)
        x = x + gate1 * self.attn(self.norm1(x) * (1 + scale1) + shift1)
        return x + gate2 * self.mlp(self.norm2(x) * (1 + scale2) + shift2) + self.adapter(x)


class SequentialAdapterMlp(Mlp):
    """The adapter reads the MLP's output and adds to it, inside the residual branch: before the gate."""

    def __init__(self):
        super().__init__()
        self.adapter = Adapter()

    def forward(self, x):
        y = super().forward(x)
        return y + self.adapter(y)


def adaptformer(model, form):
    for i in range(DEPTH):
        if form == "parallel":
            model.blocks[i] = ParallelAdapterBlock()
        else:
            model.blocks[i].mlp = SequentialAdapterMlp()


class PromptedBlock(Block):
    """One learned token before the image's tokens. It replaces the output of the previous block's prompt."""

    def __init__(self, first):
        super().__init__()
        self.first = first
        bound = math.sqrt(6 / (CHANNELS * PATCH**2 + WIDTH))
        self.prompt = nn.Parameter(torch.empty(1, WIDTH).uniform_(-bound, bound))

    def forward(self, x, c):
        image = x if self.first else x[:, 1:]
        return super().forward(torch.cat([self.prompt.expand(len(x), -1, -1), image], dim=1), c)


class FinalLayerWithoutPrompt(FinalLayer):
    def forward(self, x, c):
        return super().forward(x[:, 1:], c)


def vpt(model):
    """Prompts 5 blocks. As in the VPT authors' code, the last prompt's output passes through the other blocks."""
    for i in range(5):
        model.blocks[i] = PromptedBlock(first=i == 0)
    model.final_layer = FinalLayerWithoutPrompt()


class ScaledAttention(Attention):
    """Attention with one gamma on the output of qkv and one on the output of proj. ScaledBlock has gamma1."""

    def __init__(self):
        super().__init__()
        self.gamma_qkv = nn.Parameter(torch.ones(3 * WIDTH))
        self.gamma_proj = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = (self.gamma_qkv * self.qkv(x)).view(n, t, 3, HEADS, d // HEADS).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v)
        return self.gamma_proj * self.proj(y.transpose(1, 2).reshape(n, t, d))


class ScaledBlock(Block):
    """DiffFit, figure 4: gamma1 on the output of the attention, gamma2 on that of the MLP, before the residual sums."""

    def __init__(self):
        super().__init__()
        self.attn = ScaledAttention()
        self.gamma1, self.gamma2 = nn.Parameter(torch.ones(WIDTH)), nn.Parameter(torch.ones(WIDTH))

    def forward(self, x, c):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.adaLN_modulation(c)[:, None].chunk(6, dim=-1)
        x = x + self.gamma1 * gate1 * self.attn(self.norm1(x) * (1 + scale1) + shift1)
        return x + self.gamma2 * gate2 * self.mlp(self.norm2(x) * (1 + scale2) + shift2)


def difffit(model):
    for i in range(DEPTH // 2):
        model.blocks[i] = ScaledBlock()
    for block in model.blocks:
        block.norm1, block.norm2 = nn.LayerNorm(WIDTH, eps=1e-6), nn.LayerNorm(WIDTH, eps=1e-6)
    model.final_layer.norm_final = nn.LayerNorm(WIDTH, eps=1e-6)


# dit-bench's names of the weights that a method adds.
NAMES = [
    (r"attn\.qkv\.lora_A$", "attn.qkv.lora.a_RI"),
    (r"attn\.qkv\.lora_B$", "attn.qkv.lora.b_OR"),
    (r"(blocks\.\d+)\.adapter\.", r"\1.mlp_branch.adapter."),
    (r"adapter\.down\.weight$", "adaptformer.down_RD"),
    (r"adapter\.down\.bias$", "adaptformer.downBias_R"),
    (r"adapter\.up\.weight$", "adaptformer.up_DR"),
    (r"adapter\.up\.bias$", "adaptformer.upBias_D"),
    (r"\.prompt$", ".vpt.prompt_LD"),
    (r"attn\.gamma_(qkv|proj)$", r"attn.\1.difffit.gamma_O"),
    (r"(blocks\.\d+)\.gamma1$", r"\1.attn.difffit.gamma_O"),
    (r"(blocks\.\d+)\.gamma2$", r"\1.mlp.difffit.gamma_O"),
    (r"(norm1|norm2|norm_final)\.(weight|bias)$", r"\1.difffit.\2_D"),
]

METHODS = [
    Method(key, method, options, apply, trained, NAMES, steps=key in ("lora-r8", "difffit"))
    for key, method, options, apply, trained in [
        ("full", "full", {}, lambda m: None, [""]),
        ("bitfit", "bitfit", {}, lambda m: None, ["bias"]),
        ("lora-r8", "lora", {}, lambda m: lora(m, 8), ["lora_"]),
        ("lora-r16", "lora", {"rank": 16}, lambda m: lora(m, 16), ["lora_"]),
        ("adaptformer", "adaptformer", {}, lambda m: adaptformer(m, "parallel"), ["adapter"]),
        ("adaptformer-seq", "adaptformer", {"form": "sequential"}, lambda m: adaptformer(m, "sequential"), ["adapter"]),
        ("vpt", "vpt", {}, vpt, ["prompt", "final_layer"]),
        ("difffit", "difffit", {}, difffit, ["bias", "norm", "gamma"]),
    ]
]

write(METHODS, "tools/torch/methods.py", Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER, with_base=True)
