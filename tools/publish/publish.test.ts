// Tests the packages as they are published: manifests, files, and an installation in an empty folder.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundledManifest, publishedManifest } from "./manifest.mjs";
import { packFolders, stagePackages } from "./stage.mjs";
import { tryPackages } from "./try.mjs";

describe("a published manifest", () => {
  const facts = {
    version: "1.2.3",
    repository: undefined,
    bundledManifests: {
      "onnxruntime-node": { version: "1.30.0", dependencies: { "onnxruntime-common": "1.30.0" } },
    },
  };

  it("has the common version, no command, and nothing that only the repository uses", () => {
    const manifest = {
      name: "@dit-bench/compiler",
      version: "0.1.0",
      bin: { bench: "bin/bench.js" },
      exports: { ".": { "@dit-bench/source": "./src/index.ts", types: "./dist/index.d.ts" }, "./bench": "./bin/b.js" },
      dependencies: { "@dit-bench/files": "0.1.0", koffi: "3.3.4" },
      devDependencies: { "@dit-bench/ops": "0.1.0" },
    };
    expect(publishedManifest(manifest, facts)).toEqual({
      name: "@dit-bench/compiler",
      version: "1.2.3",
      publishConfig: { access: "public" },
      exports: { ".": { types: "./dist/index.d.ts" }, "./bench": "./bin/b.js" },
      dependencies: {
        "@dit-bench/files": "1.2.3",
        koffi: "3.3.4",
        "onnxruntime-common": "1.30.0",
        "onnxruntime-node": "1.30.0",
      },
      bundleDependencies: ["onnxruntime-node"],
    });
  });

  it("of dit-bench has the command, and the repository's URL where it is known", () => {
    const manifest = { name: "dit-bench", bin: { bench: "bench.js" }, dependencies: { "@dit-bench/cli": "0.1.0" } };
    const published = publishedManifest(manifest, { ...facts, repository: "https://example.org/dit-bench.git" });
    expect(published).toMatchObject({
      bin: { bench: "bench.js" },
      dependencies: { "@dit-bench/cli": "1.2.3" },
      repository: { type: "git", url: "https://example.org/dit-bench.git" },
    });
  });

  it("of a bundled package has no scripts", () => {
    expect(bundledManifest({ name: "x", private: true, scripts: { postinstall: "node install" } })).toEqual({
      name: "x",
    });
  });
});

/** The install needs the registry. Without it the tarballs are tested, and the installation is skipped. */
const isOffline = (() => {
  try {
    execFileSync("npm", ["view", "commander", "version"], { stdio: "ignore", timeout: 60_000 });
    return false;
  } catch {
    return true;
  }
})();

describe("the tarballs", () => {
  const place = mkdtempSync(join(tmpdir(), "dit-bench-publish-"));
  let tarballs: ReturnType<typeof packFolders>;
  beforeAll(() => {
    tarballs = packFolders(stagePackages(place), join(place, "tarballs"));
  }, 180_000);
  afterAll(() => rmSync(place, { recursive: true, maxRetries: 10 }));
  const filesOf = (name: string) => tarballs.find((one) => one.name === name)!.files;

  it("are those of the command, the libraries and the methods", () => {
    const names = tarballs.map(({ name }) => name);
    for (const name of ["dit-bench", "@dit-bench/cli", "@dit-bench/method", "@dit-bench/method-lora"])
      expect(names).toContain(name);
    expect(names.filter((name) => name !== "dit-bench" && !name.startsWith("@dit-bench/"))).toEqual([]);
  });

  it("have a README and the licence, and neither tests nor sources", () => {
    for (const { name, files } of tarballs) {
      expect(files, name).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
      // The template of a new method has a test.
      const own = files.filter((file) => !/^(node_modules|template)\//.test(file));
      expect(
        own.filter((file) => /\.test\.|fixtures\/|\.tsbuildinfo$|(?<!\.d)\.ts$/.test(file)),
        name,
      ).toEqual([]);
    }
  });

  it("have the weights of the recipe mini, and the published results", () => {
    const files = filesOf("dit-bench");
    for (const file of ["recipe.json", "base.safetensors", "extractor.safetensors"])
      expect(files).toContain(`benchmarks/mini/${file}`);
    expect(files).toContain("results/mini/table.md");
  });

  it("carry what must not run an install script", () => {
    expect(filesOf("@dit-bench/report")).toContain("node_modules/canvas/index.js");
    const folder = join(place, "packages", "compiler", "node_modules", "onnxruntime-node");
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).scripts).toBeUndefined();
    expect(existsSync(join(folder, "bin"))).toBe(true);
  });

  it.skipIf(isOffline)(
    "install in an empty folder without scripts, and work there (needs the registry)",
    { timeout: 300_000 },
    async () => {
      const steps = await tryPackages(tarballs, join(place, "try"), { nodeFolder: dirname(process.execPath) });
      expect(steps.flatMap(({ name, problem }) => (problem ? [`${name}: ${problem}`] : []))).toEqual([]);
      expect(steps.length).toBe(13);
    },
  );
});
