// The command line as a user meets it: the built program, in processes of its own, on a tiny recipe.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSafetensors } from "@dit-bench/weights";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bench, type Finished } from "./bench.test.data.ts";
import { tinyRecipe } from "./tiny-recipe.test.data.ts";

let place: string;
let recipe: string;
const go = (...args: string[]) => bench(args, { cwd: place });
const run = (...args: string[]) =>
  go("run", "--recipe", recipe, "--method", "difffit", "--dataset", "flowers", "--threads", "1", ...args);
const sha = (path: unknown) =>
  createHash("sha256")
    .update(readFileSync(join(place, String(path))))
    .digest("hex");

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "bench-"));
  recipe = tinyRecipe(join(place, "tiny"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe("bench run", () => {
  let first: Finished;

  it("trains, samples, scores and says where everything is", async () => {
    first = await run("--json", "--out", "first");
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toContain("DiffFit on Oxford Flowers-102 (miniature), seed 0");
    expect(first.stdout).toContain("compare with no published FID");
    const { fid, baseFid, kid, trainableParameters, seconds } = first.json;
    for (const figure of [fid, baseFid, kid, trainableParameters, seconds]) expect(figure).toSatisfy(Number.isFinite);
    for (const file of ["record", "weights", "sheet", "loss"])
      expect(existsSync(join(place, String(first.json[file]))), file).toBe(true);
    if (Number(fid) > Number(baseFid)) expect(first.stdout).toContain("Worse than the base model's own distance");
    else expect(first.stdout).not.toContain("Worse than");
  });

  it("leaves the trained weights alone, with the recipe in their metadata", () => {
    const { tensors, metadata } = readSafetensors(join(place, String(first.json.weights)));
    const numbers = [...tensors.values()].reduce((sum, t) => sum + t.data.length, 0);
    expect(numbers).toBe(first.json.trainableParameters);
    expect(metadata).toMatchObject({ recipe: "tiny", method: "difffit", dataset: "flowers", seed: "0" });
    expect(JSON.parse(metadata.settings!).training.steps).toBe(12);
  });

  it("does nothing the second time, and says so", async () => {
    const before = sha(first.json.record);
    const again = await run("--json", "--out", "first");
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("nothing was done");
    expect(again.json).toMatchObject({ already: true, fid: first.json.fid });
    expect(sha(again.json.record)).toBe(before);
  });

  it("gives the same weights and figures in another place and process", async () => {
    const other = await run("--json", "--out", "other");
    expect(sha(other.json.weights)).toBe(sha(first.json.weights));
    expect(other.json).toMatchObject({ fid: first.json.fid, kid: first.json.kid, baseFid: first.json.baseFid });
  });

  it("killed with -9 at several moments and run again, trains the same weights to the bit", async () => {
    const moments = [/compile/, /train/, /sample base/, /sample: /, /features/];
    for (const [i, moment] of moments.entries()) {
      const out = `killed-${i}`;
      const killed = await bench(
        ["run", "--recipe", recipe, "--method", "difffit", "--dataset", "flowers", "--threads", "1", "--out", out],
        {
          cwd: place,
          watch: (stderr, child) => moment.test(stderr) && child.kill("SIGKILL"),
        },
      );
      expect(killed.signal, `at ${moment}`).toBe("SIGKILL");
      const resumed = await run("--json", "--out", out);
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(sha(resumed.json.weights), `after ${moment}`).toBe(sha(first.json.weights));
      expect(resumed.json.fid).toBe(first.json.fid);
    }
  });

  it("stopped by ctrl-C keeps what it has and goes on from there", async () => {
    const args = [
      "run",
      "--recipe",
      recipe,
      "--method",
      "difffit",
      "--dataset",
      "flowers",
      "--threads",
      "1",
      "--set",
      "training.steps=400",
      "--out",
      "stopped",
      "--json",
    ];
    const stopped = await bench(args, {
      cwd: place,
      watch: (stderr, child) => /train: /.test(stderr) && !/stopping/.test(stderr) && child.kill("SIGINT"),
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/stopped after step \d+ of 400; run the same command again to go on/);
    const resumed = await go(...args);
    expect(resumed.stderr).toContain("resuming after step");
    const straight = await go(...args.map((a) => (a === "stopped" ? "straight" : a)));
    expect(sha(resumed.json.weights)).toBe(sha(straight.json.weights));
    expect(JSON.parse(readFileSync(join(place, String(resumed.json.record)), "utf8")).training.resumes).toBe(1);
  });

  it("takes a method from a folder anywhere that imports the contract alone", async () => {
    const plugin = join(place, "my-method");
    cpSync(new URL("../../../examples/ssf", import.meta.url).pathname, plugin, { recursive: true });
    const r = await go(
      "run",
      "--recipe",
      recipe,
      "--plugin",
      "./my-method",
      "--method",
      "ssf",
      "--dataset",
      "cars",
      "--out",
      "plugged",
      "--json",
    );
    expect(r.code, r.stderr).toBe(0);
    expect(r.json.method).toBe("SSF");
    expect(JSON.parse(readFileSync(join(place, String(r.json.record)), "utf8")).cell.methodSource).toBe(
      "./my-method 0.1.0",
    );
  });

  it("takes options of the method and settings of the recipe", async () => {
    const r = await go(
      "run",
      "--recipe",
      recipe,
      "--method",
      "lora",
      "--dataset",
      "food",
      "--set",
      "rank=2",
      "--set",
      "training.steps=3",
      "--out",
      "set",
      "--json",
    );
    const record = JSON.parse(readFileSync(join(place, String(r.json.record)), "utf8"));
    expect(record.cell).toMatchObject({ methodLabel: "LoRA-R2", options: { rank: 2, alpha: 1 } });
    expect(record.training.steps).toBe(3);
    expect(record.protocol).toMatch(/^tiny\/1\+[0-9a-f]{8}$/);
  });

  it("trains on a folder of images, leaving out a broken one by name", async () => {
    const data = await photos("good", { daisy: 6, rose: 6 });
    const jpeg = join(data, "rose", "0.jpg");
    truncateSync(jpeg, Math.floor(readFileSync(jpeg).length / 2));
    const r = await run("--data", data, "--out", "own", "--json");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stderr).toContain("left out");
    expect(r.stderr).toContain(join("rose", "0.jpg"));
    const record = JSON.parse(readFileSync(join(place, String(r.json.record)), "utf8"));
    expect(record).toMatchObject({
      protocol: "tiny/1 on own images",
      data: { source: "folder", classes: ["daisy", "rose"], images: 11, skipped: 1 },
    });
    const strict = await run("--data", data, "--out", "strict", "--strict");
    expect(strict.code).toBe(4);
    expect(strict.stderr).toContain(join("rose", "0.jpg"));
  });
});

describe("bad input gets one clear line and its exit code", () => {
  const cases: [what: string, args: () => Promise<string[]> | string[], code: number, message: RegExp][] = [
    ["an unknown method", () => ["--method", "diffit"], 2, /unknown method 'diffit'.*did you mean 'difffit'/i],
    ["an unknown dataset", () => ["--dataset", "flower"], 2, /unknown dataset "flower".*did you mean "flowers"/i],
    ["an unknown recipe", () => ["--recipe", "minni"], 2, /unknown recipe 'minni'.*did you mean 'mini'/i],
    ["an unknown option of the method", () => ["--method", "lora", "--set", "rnk=4"], 2, /lora: .*rnk.*rank=8/i],
    [
      "an unknown setting",
      () => ["--set", "training.stpes=4"],
      2,
      /no setting 'training.stpes'; did you mean 'training.steps'/,
    ],
    ["a seed that is no number", () => ["--seed", "x"], 2, /--seed x: wanted a whole number/],
    ["a plug-in that is not there", () => ["--plugin", "./nowhere"], 2, /plug-in .\/nowhere: there is no such file/],
    ["a folder that does not exist", () => ["--data", "nowhere"], 4, /nowhere/],
    [
      "a folder without images",
      () => folder("empty"),
      4,
      /no JPEG, PNG, WebP or GIF images in .*wanted is one folder per class/,
    ],
    [
      "one class only",
      async () => ["--data", await photos("one", { daisy: 12 })],
      4,
      /one class|single class|only one/i,
    ],
    [
      "a 1×1 image, strictly",
      async () => ["--data", await photos("dot", { daisy: 6, rose: 6 }, 1), "--strict"],
      4,
      /1\s?[×x]\s?1/,
    ],
    ["nothing but 1×1 images", async () => ["--data", await photos("dots", { daisy: 6, rose: 6 }, 6)], 4, /./],
    [
      "fewer images than a batch",
      async () => ["--data", await photos("few", { daisy: 3, rose: 3 })],
      4,
      /6 images, but a batch has 8/,
    ],
    [
      "a loss that is not finite",
      () => ["--set", "training.learningRateScale=1e30"],
      5,
      /training diverged: the loss of step \d+ is (NaN|-?Infinity)/,
    ],
    [
      "a folder that cannot be written",
      () => {
        writeFileSync(join(place, "file"), "");
        return ["--out", "file/runs"];
      },
      74,
      /output folder .* cannot be made/,
    ],
  ];

  it.each(cases)("%s", async (what, args, code, message) => {
    const out = `bad ${what}`;
    const r = await run("--out", out, ...(await args()));
    expect(r.stderr).toMatch(message);
    expect(r.code).toBe(code);
    expect(r.stdout).toBe("");
    expect(r.stderr).not.toMatch(/\n {4}at /);
    const left = existsSync(join(place, out))
      ? readdirSync(join(place, out), { recursive: true, encoding: "utf8" })
      : [];
    expect(left.filter((f) => /\.(tmp|safetensors|png)$/.test(f) && !f.includes("base"))).toEqual([]);
  });

  it("a diverged run leaves a record that says so, and no figures", () => {
    const out = join(place, "bad a loss that is not finite");
    const record = readdirSync(out, { recursive: true, encoding: "utf8" }).find((f) => f.endsWith("record.json"))!;
    expect(JSON.parse(readFileSync(join(out, record), "utf8"))).toMatchObject({ exit: "diverged", metrics: null });
  });

  it("a corrupt checkpoint", async () => {
    await bench(
      [
        "run",
        "--recipe",
        recipe,
        "--method",
        "bitfit",
        "--dataset",
        "sun",
        "--threads",
        "1",
        "--set",
        "training.steps=500",
        "--out",
        "corrupt",
      ],
      {
        cwd: place,
        watch: (stderr, child) => /train: /.test(stderr) && !/stopping/.test(stderr) && child.kill("SIGTERM"),
      },
    ).then((r) => expect(r.code).toBe(143));
    const name = readdirSync(join(place, "corrupt"), { recursive: true, encoding: "utf8" }).find((f) =>
      f.endsWith("checkpoint.safetensors"),
    )!;
    truncateSync(join(place, "corrupt", name), 1000);
    const r = await go(
      "run",
      "--recipe",
      recipe,
      "--method",
      "bitfit",
      "--dataset",
      "sun",
      "--threads",
      "1",
      "--set",
      "training.steps=500",
      "--out",
      "corrupt",
    );
    expect(r.code).toBe(4);
    expect(r.stderr).toMatch(/the checkpoint is corrupt: .*checkpoint\.safetensors.*delete it to train from the start/);
  });

  it("corrupt base weights", async () => {
    const broken = tinyRecipe(join(place, "broken"));
    truncateSync(join(broken, "base.safetensors"), 5000);
    const r = await run("--recipe", broken, "--out", "broken-out");
    expect(r.code).toBe(4);
    expect(r.stderr).toContain("base.safetensors");
  });
});

describe("bench grid and table", () => {
  const grid = (...args: string[]) =>
    go(
      "grid",
      "--recipe",
      recipe,
      "--methods",
      "bitfit,difffit",
      "--datasets",
      "flowers,cars",
      "--seeds",
      "2",
      "--out",
      "grid",
      ...args,
    );

  it("runs every cell, resumes, and makes tables that are the same every time", async () => {
    const first = await grid();
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain("[8/8]");
    const folder = join(place, "grid", "tiny-1");
    const files = ["table.csv", "table.md", "chart.png", "chart.svg"];
    const before = files.map((f) => readFileSync(join(folder, f)));
    const again = await grid();
    expect(again.stderr.match(/done before/g)).toHaveLength(8);
    const table = await go("table", "--from", "grid", "--out", "tables", "--json");
    expect(table.code, table.stderr).toBe(0);
    files.forEach((f, i) => {
      expect(readFileSync(join(folder, f)).equals(before[i]!), f).toBe(true);
      expect(readFileSync(join(place, "tables", f)).equals(before[i]!), f).toBe(true);
    });
    expect(readdirSync(join(place, "tables", "records", "flowers"))).toHaveLength(4);
    const listed = await go("list", "runs", "--out", "grid", "--json");
    expect(JSON.parse(listed.stdout)).toHaveLength(8);
  });

  it("goes on past a cell that fails, names it, and exits with 3", async () => {
    const plugin = join(place, "bad.js");
    writeFileSync(
      plugin,
      `import { defineMethod, z } from "@dit-bench/method";
       export default defineMethod({ name: "bad", label: () => "Bad", source: "https://example.org", options: z.strictObject({}), learningRate: 1e-3, adapt: () => ({ train: ["no.such.weight"] }) });`,
    );
    const r = await go(
      "grid",
      "--recipe",
      recipe,
      "--plugin",
      "./bad.js",
      "--methods",
      "bad,bitfit",
      "--datasets",
      "sun",
      "--out",
      "partly",
    );
    expect(r.code).toBe(3);
    expect(r.stderr).toContain("1 of 2 cells failed: sun bad seed 0");
    expect(r.stderr).toContain("no weight of the model matches 'no.such.weight'");
    expect(existsSync(join(place, "partly", "tiny-1", "table.md"))).toBe(true);
  });
});

describe("bench list and doctor", () => {
  it("lists the methods with their published parameter counts", async () => {
    const r = await go("list", "methods", "--model", "DiT-XL/2", "--classes", "101", "--json");
    const counts = Object.fromEntries(
      JSON.parse(r.stdout).map((m: { name: string; trainableParameters: number }) => [m.name, m.trainableParameters]),
    );
    expect(counts).toEqual({
      full: 673_799_072,
      bitfit: 607_136,
      lora: 1_149_696,
      adaptformer: 4_280_320,
      vpt: 2_816_672,
      difffit: 835_232,
    });
  });

  it.each(["datasets", "recipes", "engines"])("lists %s", async (what) => {
    const r = await go("list", what, "--json");
    expect(JSON.parse(r.stdout).length).toBeGreaterThan(0);
    expect((await go("list", what)).stdout.split("\n").length).toBeGreaterThan(2);
  });

  it("says what can be listed", async () => {
    const r = await go("list", "method");
    expect(r.code).toBe(2);
    expect(r.stderr).toContain("Did you mean 'methods'?");
  });

  it("doctor finds the engine and the mini recipe's weights", async () => {
    const r = await go("doctor", "--json");
    const findings = JSON.parse(r.stdout) as { what: string; ok: boolean }[];
    expect(findings.find((f) => f.what === "engine cpu")?.ok).toBe(true);
    expect(findings.find((f) => f.what === "recipe mini")?.ok).toBe(true);
  });

  it("doctor says where what was fetched is, and how to get the rest", async () => {
    process.env.DIT_BENCH_HOME = join(place, "home");
    process.env.HF_HUB_CACHE = join(place, "hub");
    const file = join(place, "home/weights/inception-v3-fid/pt_inception-2015-12-05-6726825d.pth");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    const { stdout } = await go("doctor");
    for (const name of ["DIT_BENCH_HOME", "HF_HUB_CACHE"]) delete process.env[name];
    expect(stdout).toMatch(new RegExp(`^ok {2}weights inception-v3-fid +${file}$`, "m"));
    expect(stdout).toMatch(/^-- {2}dataset flowers +not here \(345 MB\); bench fetch flowers$/m);
    expect(stdout).toMatch(/^-- {2}recipe paper +lacks its base model dit-xl-2-256, autoencoder sd-vae-ft-ema$/m);
    expect(stdout).toContain("get them with 'bench fetch dit-xl-2-256 sd-vae-ft-ema'");
  });
});

describe("bench list-weights", () => {
  const fixture = (name: string) => new URL(`../../weights/src/fixtures/checkpoints/${name}`, import.meta.url).pathname;

  it("lists names, types and shapes on stdout, what it chose on stderr", async () => {
    const r = await go("list-weights", fixture("train-zip.pt"));
    expect(r.stdout).toBe("weight  F32   [3, 2]\nbias    F32   [3]\n2 tensors, 9 numbers\n");
    expect(r.stderr).toContain('tensors of "ema"; others are under model, opt');
  });

  it("ends quietly where its reader has seen enough", () => {
    const long = new URL("../../../benchmarks/mini/base.safetensors", import.meta.url).pathname;
    const entry = new URL("../bin/bench.js", import.meta.url).pathname;
    const script = `"${process.execPath}" "${entry}" list-weights "${long}" | true; exit "\${PIPESTATUS[0]}"`;
    const r = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(r).toMatchObject({ status: 0, stderr: "safetensors\n" });
  });

  it("lists another entry by its key, as JSON", async () => {
    const r = await go("list-weights", fixture("train-legacy.pt"), "--key", "opt", "--json");
    expect(r.json).toMatchObject({ format: "PyTorch legacy", count: 6 });
  });

  it("refuses what would run code, and what is not there, with exit code 4", async () => {
    const hostile = join(place, "hostile.pt");
    writeFileSync(hostile, "cos\nsystem\n(S'touch was-here'\ntR.");
    const r = await go("list-weights", hostile);
    expect(r).toMatchObject({ code: 4, stdout: "" });
    expect(r.stderr).toContain("os.system");
    expect(existsSync(join(place, "was-here"))).toBe(false);
    expect(await go("list-weights", "nowhere.pt")).toMatchObject({ code: 4 });
  });
});

/** A folder of noisy JPEGs, so many a class; the first `dots` of each class are single pixels. */
async function photos(name: string, classes: Record<string, number>, dots = 0): Promise<string> {
  const top = join(place, `photos ${name}`);
  for (const [c, n] of Object.entries(classes)) {
    mkdirSync(join(top, c), { recursive: true });
    for (let i = 0; i < n; i++) {
      const side = i < dots ? 1 : 40;
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, k) => (k * 7 + i * 31 + c.length * 50) % 256);
      await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .jpeg()
        .toFile(join(top, c, `${i}.jpg`));
    }
  }
  return top;
}

function folder(name: string): string[] {
  mkdirSync(join(place, name, "daisy"), { recursive: true });
  return ["--data", name];
}
