"""The same work in PyTorch: a training step of a DiT with one of six fine-tuning methods, or one sampling step.

Plain PyTorch as its users write it (nn.Linear, scaled_dot_product_attention, AdamW, frozen weights by requires_grad),
with the options that make it fast: the fused AdamW, inference mode for sampling, torch.compile if requested.

Commands come as JSON lines on stdin, answers go as JSON lines to stdout (see process.mjs):
    {"prepare": {"method": "difffit", "shape": {"width": 192, …}, "compile": false, "threads": 2,
                 "device": "cpu", "precision": "float32"}}
    {"measure": {"steps": 2, "seconds": 1}}
The process exits when its stdin closes.

D = width, n = batch, t = tokens
"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

CLASSES, PATCH_VALUES, OUTPUTS, FREQUENCIES = 101, 16, 32, 256
PROMPTED_BLOCKS, RANK, BOTTLENECK = 5, 8, 64


class LoraLinear(nn.Linear):
    def __init__(self, i, o):
        super().__init__(i, o)
        self.lora_a, self.lora_b = nn.Parameter(torch.randn(RANK, i) * 0.02), nn.Parameter(torch.zeros(o, RANK))

    def forward(self, x):
        return super().forward(x) + F.linear(F.linear(x, self.lora_a), self.lora_b) / RANK


class Block(nn.Module):
    def __init__(self, method, index, shape):
        super().__init__()
        D, self.heads, depth = shape["width"], shape["heads"], shape["depth"]
        affine = method == "difffit"
        self.norm1 = nn.LayerNorm(D, elementwise_affine=affine, eps=1e-6)
        self.norm2 = nn.LayerNorm(D, elementwise_affine=affine, eps=1e-6)
        self.qkv = (LoraLinear if method == "lora" else nn.Linear)(D, 3 * D)
        self.proj, self.fc1, self.fc2 = nn.Linear(D, D), nn.Linear(D, 4 * D), nn.Linear(4 * D, D)
        self.ada = nn.Linear(D, 6 * D)
        self.has_scales = method == "difffit" and index < (depth + 1) // 2
        if self.has_scales:
            self.gamma1, self.gamma2 = nn.Parameter(torch.ones(D)), nn.Parameter(torch.ones(D))
            self.gamma_qkv, self.gamma_proj = nn.Parameter(torch.ones(3 * D)), nn.Parameter(torch.ones(D))
        self.has_adapter = method == "adaptformer"
        if self.has_adapter:
            self.adapter_down, self.adapter_up = nn.Linear(D, BOTTLENECK), nn.Linear(BOTTLENECK, D)
        self.has_prompt = method == "vpt" and index < PROMPTED_BLOCKS
        if self.has_prompt:
            self.prompt = nn.Parameter(torch.randn(1, D) * 0.02)
        self.is_first_block = index == 0

    def attention(self, x):
        n, t, d = x.shape
        qkv = self.qkv(x)
        if self.has_scales:
            qkv = qkv * self.gamma_qkv
        q, k, v = qkv.reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        y = self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, d))
        return y * self.gamma_proj * self.gamma1 if self.has_scales else y

    def mlp(self, x):
        y = self.fc2(F.gelu(self.fc1(x), approximate="tanh"))
        return y * self.gamma2 if self.has_scales else y

    def forward(self, x, silu_c):
        if self.has_prompt:  # each prompted block replaces the output of the previous prompt
            x = torch.cat([self.prompt.expand(x.shape[0], 1, -1), x if self.is_first_block else x[:, 1:]], 1)
        shift_a, scale_a, gate_a, shift_m, scale_m, gate_m = self.ada(silu_c).unsqueeze(1).chunk(6, -1)
        x = x + gate_a * self.attention(self.norm1(x) * (1 + scale_a) + shift_a)
        y = gate_m * self.mlp(self.norm2(x) * (1 + scale_m) + shift_m)
        if self.has_adapter:
            y = y + 0.1 * self.adapter_up(F.relu(self.adapter_down(x)))
        return x + y


class DiT(nn.Module):
    def __init__(self, method, shape):
        super().__init__()
        D, T = shape["width"], shape["tokens"]
        self.x_embedder, self.y_embedder = nn.Linear(PATCH_VALUES, D), nn.Embedding(CLASSES + 1, D)
        self.t_embedder = nn.Sequential(nn.Linear(FREQUENCIES, D), nn.SiLU(), nn.Linear(D, D))
        self.blocks = nn.ModuleList([Block(method, i, shape) for i in range(shape["depth"])])
        self.norm_final = nn.LayerNorm(D, elementwise_affine=method == "difffit", eps=1e-6)
        self.final_ada, self.final_linear = nn.Linear(D, 2 * D), nn.Linear(D, OUTPUTS)
        self.pos = nn.Parameter(torch.randn(1, T, D) * 0.02, requires_grad=False)
        self.has_prompt = method == "vpt"

    def forward(self, x, t, y):
        half = FREQUENCIES // 2
        f = torch.exp(-9.2103404 * torch.arange(half, device=t.device) / half)  # ln 10000
        t = torch.cat([torch.cos(t[:, None] * f), torch.sin(t[:, None] * f)], -1)
        silu_c = F.silu(self.t_embedder(t) + self.y_embedder(y))
        x = self.x_embedder(x) + self.pos
        for block in self.blocks:
            x = block(x, silu_c)
        if self.has_prompt:
            x = x[:, 1:]
        shift, scale = self.final_ada(silu_c).unsqueeze(1).chunk(2, -1)
        return self.final_linear(self.norm_final(x) * (1 + scale) + shift)


IS_TRAINED = dict(
    sample=lambda n: False,
    full=lambda n: n != "pos",
    bitfit=lambda n: "bias" in n or "y_embedder" in n,
    lora=lambda n: "lora_" in n or "y_embedder" in n,
    adaptformer=lambda n: "adapter_" in n or "y_embedder" in n,
    vpt=lambda n: "prompt" in n or "y_embedder" in n or "final" in n,
    difffit=lambda n: "bias" in n or "gamma" in n or "norm" in n or "y_embedder" in n,
)


def prepare(method, shape, compile, threads, device="cpu", precision="float32"):
    """Returns the function of one step, and a description of it. On a GPU a step ends when the GPU has finished it.

    precision: the precision of matrix multiplications, one of "float32", "tf32" (on a GPU only) and "bfloat16"
    (autocast of forward pass and loss). Weights and optimizer states are always float32.
    """
    torch.set_num_threads(threads)
    torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
    torch.manual_seed(0)
    with torch.device(device):
        model = DiT(method, shape)
    autocast = torch.autocast(device, torch.bfloat16, enabled=precision == "bfloat16")
    finish = torch.cuda.synchronize if device == "cuda" else lambda: None
    for name, p in model.named_parameters():
        p.requires_grad = IS_TRAINED[method](name)
    trained = [p for p in model.parameters() if p.requires_grad]
    run = torch.compile(model) if compile else model
    N, T = shape["batch"], shape["tokens"]
    x, target = torch.randn(N, T, PATCH_VALUES).to(device), torch.randn(N, T, PATCH_VALUES).to(device)
    t, y = (torch.rand(N) * 999).to(device), torch.randint(0, CLASSES, (N,)).to(device)
    if trained:
        optimizer = torch.optim.AdamW(trained, 1e-4, weight_decay=0, fused=True)

        def step():
            optimizer.zero_grad()
            with autocast:
                prediction = run(x, t, y)
                loss = F.mse_loss(prediction[..., :PATCH_VALUES], target)
            loss.backward()
            optimizer.step()
            finish()
            return prediction.dtype
    else:
        optimizer = None

        def step():
            with torch.inference_mode(), autocast:
                prediction = run(x, t, y)
            finish()
            return prediction.dtype

    times = []
    for _ in range(3):
        start = time.perf_counter()
        output = step()
        times.append(1e3 * (time.perf_counter() - start))
    versions = dict(torch=torch.__version__, python=sys.version.split()[0])
    about = dict(trainable=sum(p.numel() for p in trained), versions=versions)
    dtypes = dict(output=output, weights=next(model.parameters()).dtype)
    if optimizer:
        dtypes["moments"] = next(iter(optimizer.state.values()))["exp_avg"].dtype
    about["dtypes"] = {name: str(dtype).removeprefix("torch.") for name, dtype in dtypes.items()}
    if compile:
        about["compile_ms"] = round(times[0] - times[2], 1)
    return step, about


def measure(step, steps, seconds):
    wall, cpu, begin = [], time.process_time(), time.perf_counter()
    while len(wall) < steps or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        step()
        wall.append(round(1e3 * (time.perf_counter() - start), 3))
    return dict(wall_ms=wall, cpu_ms=round(1e3 * (time.process_time() - cpu), 3))


def peak_mb():
    """Peak memory of this process alone. On Linux ru_maxrss would start at the value of the parent process."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (2**20 if sys.platform == "darwin" else 1024)


step = None
last_answer = time.perf_counter(), time.process_time()
for line in sys.stdin:
    command = json.loads(line)
    idle = dict(
        idle_ms=round(1e3 * (time.perf_counter() - last_answer[0])),
        idle_cpu_ms=round(1e3 * (time.process_time() - last_answer[1])),
    )
    if "prepare" in command:
        step, about = prepare(**command["prepare"])
        answer = dict(about=about)
    else:
        answer = {**measure(step, **command["measure"]), **idle}
    last_answer = time.perf_counter(), time.process_time()
    print(json.dumps({**answer, "peak_mb": peak_mb()}), flush=True)
