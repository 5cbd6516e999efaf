"""LoKr, OFT, VeRA and (IA)3 in Hugging Face's PEFT, for the values that dit-bench is compared with.

    python tools/torch/peft_methods.py [folder]

Also compares the output of PEFT's DoRA with that of formula_methods.py. Its gradients are others by design: PEFT takes
the norm of the rows as a constant in the backward pass (section 4.3 of the paper), dit-bench does not.

O = out, D = width, P, U, Q, V = sides of LoKr's factors, G = blocks of OFT, B = channels of a block
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from peft import IA3Config, LoKrConfig, LoraConfig, OFTConfig, VeraConfig, get_peft_model, inject_adapter_in_model
from safetensors.torch import load_file

import formula_methods
from dit import WIDTH
from reference import FOLDER, Method, adapt_model, base_and_inputs, write

# PEFT keeps a layer that it adapts as `base_layer`, and its weights by the name of the adapter, `default`.
PLAIN = [(r"\.base_layer\.", "."), (r"\.default(\.weight)?$", "")]


def lokr(model, rank, factor):
    # alpha = rank: the update is not scaled. From a rank of half of the longer side the large factor is whole.
    config = LoKrConfig(target_modules=["qkv"], r=rank, alpha=rank, decompose_factor=factor)
    inject_adapter_in_model(config, model)


LOKR = [*PLAIN, (r"lokr_w1$", "lokr.c_PU"), (r"lokr_w2$", "lokr.d_QV"), (r"lokr_w2_a$", "lokr.b_QR")]
LOKR += [(r"lokr_w2_b$", "lokr.a_RV")]


def oft(model, blocks):
    config = OFTConfig(target_modules=["qkv"], r=blocks, oft_block_size=0, use_cayley_neumann=False)
    inject_adapter_in_model(config, model)


def packed(name, rows_GN):
    """dit-bench's packed entries of PEFT's upper triangles, [G, B (B - 1) / 2].

    PEFT rotates by (I - Q)(I + Q)^-1 and dit-bench by (I + Q)(I - Q)^-1, so Q has the other sign. For the packed form
    see packages/methods/oft/src/rotations.ts.
    """
    if "oft_R" not in name:
        return {name: rows_GN}
    G, N = rows_GN.shape
    B = round((1 + (1 + 8 * N) ** 0.5) / 2)
    H = B // 2
    upper = torch.zeros(G, B, B)
    i, j = torch.triu_indices(B, B, 1)
    upper[:, i, j] = -rows_GN
    out = torch.zeros(G, H, B - 1)
    for row in range(H):
        out[:, row, row:] = upper[:, row, row + 1 :]
        out[:, row, :row] = -upper[:, H : H + row, H + row]  # entries below the diagonal
    return {name.replace("oft_R", "oft.skew_GHF"): out}


def vera(model, rank):
    get_peft_model(model, VeraConfig(target_modules=["qkv"], r=rank))  # changes the model in place
    frozen = vera_matrices(rank, WIDTH, 3 * WIDTH)
    for module in model.modules():
        if hasattr(module, "vera_lambda_d"):
            module.vera_A["default"], module.vera_B["default"] = frozen["A"], frozen["B"]


def vera_matrices(rank, I, O):
    """The frozen matrices that dit-bench computes from the seed of the method."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vera.safetensors"
        script = Path(__file__).with_name("vera-matrices.mjs")
        subprocess.run(["node", script, str(rank), str(I), str(O), path], check=True)
        return load_file(path)


VERA = [*PLAIN, (r"vera_lambda_b$", "vera.b_O"), (r"vera_lambda_d$", "vera.d_R")]


def ia3(model):
    config = IA3Config(target_modules=["qkv", "fc2"], feedforward_modules=["fc2"])
    inject_adapter_in_model(config, model)
    # PEFT scales the whole output of a layer. Of the fused qkv, the queries keep a scale of one.
    keep = torch.cat([torch.zeros(WIDTH), torch.ones(2 * WIDTH)])[:, None]
    for block in model.blocks:
        qkv = block.attn.qkv
        qkv.ia3_l["default"].register_hook(lambda gradient: gradient * keep)
        qkv.register_forward_pre_hook(lambda layer, _: keep_queries(layer.ia3_l["default"]))


def keep_queries(scale):
    with torch.no_grad():
        scale[:WIDTH] = 1


def ia3_scales(name, value):
    if "ia3_l" not in name:
        return {name: value}
    path = name.removesuffix(".ia3_l")
    flat = value.flatten()
    if path.endswith("fc2"):
        return {f"{path}.ia3.hidden_F": flat}
    return {f"{path}.ia3.keys_D": flat[WIDTH : 2 * WIDTH], f"{path}.ia3.values_D": flat[2 * WIDTH :]}


METHODS = [
    Method("lokr", "lokr", {"factor": 4}, lambda m: lokr(m, 6, 4), ["lokr_"], LOKR),
    Method("lokr-r2", "lokr", {"rank": 2, "factor": 4}, lambda m: lokr(m, 2, 4), ["lokr_"], LOKR),
    Method("oft", "oft", {}, lambda m: oft(m, 4), ["oft_R"], PLAIN, packed),
    Method("oft-2-blocks", "oft", {"blocks": 2}, lambda m: oft(m, 2), ["oft_R"], PLAIN, packed),
    Method("vera", "vera", {"rank": 6}, lambda m: vera(m, 6), ["vera_lambda"], VERA),
    Method("ia3", "ia3", {}, ia3, ["ia3_l"], PLAIN, ia3_scales),
]


def check_dora():
    """Raises an error if PEFT's DoRA with the weights of formula_methods.py has another output."""
    [formula] = [method for method in formula_methods.METHODS if method.key == "dora"]
    base, inputs = base_and_inputs()
    wanted, parameters = adapt_model(base, formula, move=True)
    ours = {formula.name(name): value for name, value in parameters.items()}
    names = [*PLAIN, (r"lora_A$", "dora.a_RI"), (r"lora_B$", "dora.b_OR")]
    names += [(r"lora_magnitude_vector$", "dora.magnitude_O")]
    config = LoraConfig(target_modules=["qkv"], r=4, lora_alpha=8, use_dora=True)
    method = Method("dora", "dora", {}, lambda m: inject_adapter_in_model(config, m), ["lora_"], names)
    model, theirs = adapt_model(base, method, move=False)
    with torch.no_grad():
        for name, parameter in theirs.items():
            parameter.copy_(ours[method.name(name)])
        outputs = [m(inputs["x"], inputs["t"], inputs["y"]) for m in (model, wanted)]
    difference = (outputs[0] - outputs[1]).abs().max().item()
    print(f"dora: PEFT's output differs from the formula's by at most {difference:.2g}")
    assert difference < 1e-5


if __name__ == "__main__":
    write(METHODS, "tools/torch/peft_methods.py", Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    check_dora()
