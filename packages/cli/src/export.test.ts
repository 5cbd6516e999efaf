// `bench export` of runs with a tiny recipe: files that the other commands read back, the model card, and refusals.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { normals } from "@dit-bench/random";
import { openRun } from "@dit-bench/runner";
import { float32, readSafetensors, writeSafetensors } from "@dit-bench/weights";
import { beforeAll, describe, expect, it } from "vitest";
import { goHere, runHere } from "./here.test.data.ts";
import { place, recipe } from "./tiny-place.test.data.ts";

/** The folders of runs, by method. */
const folders: Record<string, string> = {};
const sideInPixels = 32;

beforeAll(async () => {
  for (const [method, ...options] of [["lora", "--set", "rank=2", "--set", "training.steps=6"], ["adaptformer"]]) {
    const run = await runHere("--method", method!, ...options, "--json");
    expect(run.code, run.stderr).toBe(0);
    folders[method!] = join(String(run.json.record), "..");
  }
  writeSafetensors(join(place, "in.safetensors"), [
    [
      "x",
      {
        type: "F32",
        shape: [2, 3, sideInPixels, sideInPixels],
        data: normals(0, "x", 0, 2 * 3 * sideInPixels ** 2),
      },
    ],
    ["t", { type: "F32", shape: [2], data: Float32Array.of(10, 600) }],
    ["y", { type: "F32", shape: [2], data: Float32Array.of(0, 1) }],
  ]);
}, 120_000);

const write = (method: string, format: string, output: string, ...args: string[]) =>
  goHere(
    ...["export", "--run", folders[method] ?? method, "--format", format, "--output", output],
    ...["--recipe", recipe, ...args],
  );
const visible = (folder: string) =>
  readdirSync(join(place, folder))
    .filter((name) => !name.startsWith("."))
    .sort();

describe("bench export", () => {
  it("writes a folder for PEFT, also from the path of the record", async () => {
    const made = await write(join(folders.lora!, "record.json"), "peft", "peft", "--json");
    expect(made.code, made.stderr).toBe(0);
    const files = ["README.md", "adapter_config.json", "adapter_model.safetensors"];
    expect(visible("peft")).toEqual(files);
    expect(made.json).toMatchObject({ format: "peft", layout: null, output: "peft" });
    expect([...(made.json.files as string[])].sort()).toEqual(files.map((file) => join("peft", file)));
    const { tensors } = readSafetensors(join(place, "peft/adapter_model.safetensors"));
    const own = readSafetensors(join(place, folders.lora!, "weights.safetensors")).tensors;
    expect(tensors.get("base_model.model.blocks.1.attn.qkv.lora_A.weight")).toEqual(
      own.get("blocks.1.attn.qkv.lora.a_RI"),
    );
    expect(tensors.size).toBe(own.size);
  });

  it("writes a model card whose command finds the same run", async () => {
    const card = readFileSync(join(place, "peft/README.md"), "utf8");
    expect(card).toContain("# LoRA-R2 on the miniature of Oxford Flowers-102");
    expect(card).toContain('library_name: "peft"');
    expect(card).toContain("must never be compared with published FIDs");
    const command = /^ {4}npx bench (run .*)$/m.exec(card)![1]!;
    const words = [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
    const again = await goHere(...words.map((word) => (word === "RECIPE" ? recipe : word)), "--json");
    expect(again.code, again.stderr).toBe(0);
    expect(again.json.already).toBe(true);
  });

  it("writes merged models in both layouts, which give the run's own outputs and equal images", async () => {
    const { network } = await openRun(join(place, folders.lora!), { recipe });
    const images: Buffer[] = [];
    for (const layout of ["official", "diffusers"]) {
      const made = await write("lora", "merged", layout, "--layout", layout);
      expect(made.code, made.stderr).toBe(0);
      const args = ["--weights", layout, "--threads", "1"];
      const out = `out-${layout}.safetensors`;
      const predicted = await goHere("predict", ...args, "--inputs", "in.safetensors", "--output", out);
      expect(predicted.code, predicted.stderr).toBe(0);
      const sampled = await goHere("sample", ...args, "--steps", "2", "--count", "1", "--output", `s-${layout}`);
      expect(sampled.code, sampled.stderr).toBe(0);
      images.push(...visible(`s-${layout}`).map((name) => readFileSync(join(place, `s-${layout}`, name))));
    }
    expect(visible("diffusers")).toEqual(["README.md", "config.json", "diffusion_pytorch_model.safetensors"]);
    expect(visible("official")).toEqual(["README.md", "model.safetensors"]);
    const [a, b] = ["official", "diffusers"].map((layout) =>
      float32(readSafetensors(join(place, `out-${layout}.safetensors`)).tensors.get("out")!),
    );
    expect(a).toEqual(b);
    const half = images.length / 2;
    expect(half).toBeGreaterThan(1);
    for (let i = 0; i < half; i++) expect(images[i]!.equals(images[i + half]!), `image ${i}`).toBe(true);
    // Without flags, from the file alone: the weights that `bench sample --run` samples from.
    const { tensors } = readSafetensors(join(place, "official/model.safetensors"));
    for (const { name } of network.infos) expect(tensors.get(name)!.data, name).toEqual(network.values[name]);
  });

  it("writes the weights of a method that cannot be merged, and replaces them with --overwrite only", async () => {
    const made = await write("adaptformer", "safetensors", "alone");
    expect(made.code, made.stderr).toBe(0);
    expect(visible("alone")).toEqual(["README.md", "trained.safetensors"]);
    const again = await write("lora", "peft", "alone");
    expect(again.code).toBe(2);
    expect(again.stderr).toContain(
      "--output alone: it holds 2 files, such as README.md, and an earlier 'bench export'",
    );
    expect((await write("lora", "peft", "alone", "--overwrite")).code).toBe(0);
    expect(visible("alone")).toEqual(["README.md", "adapter_config.json", "adapter_model.safetensors"]);
  });
});

describe("bench export refuses", () => {
  const refused = async (made: ReturnType<typeof write>, code: number, message: string) => {
    const { code: found, stderr } = await made;
    expect(stderr.replaceAll("\n", " ")).toContain(message);
    expect(found).toBe(code);
    expect(existsSync(join(place, "refused"))).toBe(false);
  };
  /** A copy of the run of LoRA that may be damaged. */
  const copyOfRun = (name: string) => {
    cpSync(join(place, folders.lora!), join(place, name), { recursive: true });
    return name;
  };

  it("formats that the method cannot have, with the formats that it can", async () => {
    await refused(
      write("adaptformer", "peft", "refused"),
      2,
      "methods that have one: lora, dora, lokr, oft, ia3; use --format merged",
    );
    await refused(write("adaptformer", "merged", "refused"), 2, "cannot be merged into the base model's weights");
    await refused(write("lora", "onnx", "refused"), 2, "--format 'onnx' is not known; available: peft, safetensors");
    await refused(
      write("lora", "peft", "refused", "--layout", "diffusers"),
      2,
      "--layout diffusers is for --format merged, not for --format peft; leave --layout out",
    );
    await refused(write("lora", "merged", "refused", "--layout", "timm"), 2, "--layout 'timm' is not known");
  });

  it("runs that are missing, unfinished or diverged", async () => {
    await refused(write("nowhere", "peft", "refused"), 4, "nowhere: there is no such folder; wanted the folder");
    mkdirSync(join(place, "empty"));
    await refused(write("empty", "peft", "refused"), 4, "empty: it has no record.json; wanted the folder");
    await refused(write("in.safetensors", "peft", "refused"), 4, "in.safetensors is neither a folder nor a record");
    mkdirSync(join(place, "unfinished"));
    writeFileSync(join(place, "unfinished", "checkpoint.safetensors"), "");
    await refused(
      write("unfinished", "peft", "refused"),
      4,
      "unfinished: this run is not finished; run its cell again",
    );
    const diverged = await runHere("--method", "lora", "--set", "learningRate=1e30", "--out", "diverged");
    expect(diverged.code).toBe(5);
    const [record] = readdirSync(join(place, "diverged"), { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith("record.json"),
    );
    await refused(write(join("diverged", record!), "safetensors", "refused"), 4, "this run diverged and has no scores");
  });

  it("missing or damaged weights and records, with what to do", async () => {
    const run = copyOfRun("copy");
    const weights = join(place, run, "weights.safetensors");
    const bytes = readFileSync(weights);
    bytes[bytes.length - 2]! ^= 1;
    writeFileSync(weights, bytes);
    await refused(write(run, "peft", "refused"), 4, "it was changed since; run its cell again");
    writeFileSync(weights, bytes.subarray(0, 300));
    await refused(write(run, "peft", "refused"), 4, "run its cell again: 'bench run' with the same options");
    rmSync(weights);
    await refused(write(run, "peft", "refused"), 4, "weights.safetensors: there is no such file; run its cell again");
    writeFileSync(join(place, run, "record.json"), "{");
    await refused(write(run, "peft", "refused"), 4, "record.json: it is not JSON");
  });

  it("a folder with files of others, and a file as the folder", async () => {
    mkdirSync(join(place, "own"));
    writeFileSync(join(place, "own", "README.md"), "mine");
    const made = await write("lora", "peft", "own", "--overwrite");
    expect(made.code).toBe(2);
    expect(made.stderr).toContain("it holds README.md, which 'bench export' did not write; choose another --output");
    expect(readFileSync(join(place, "own", "README.md"), "utf8")).toBe("mine");
    const file = await write("lora", "peft", "in.safetensors");
    expect(file.code).toBe(74);
    expect(file.stderr).toContain("the folder in.safetensors cannot be made or written to");
  });
});
