// `bench fetch`, against a server on this machine in place of the Hugging Face hub.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openvinoWheels, thisPlatform } from "@dit-bench/compiler";
import { type FaultServer, faultServer } from "@dit-bench/fetch/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bench } from "./bench.test.data.ts";
import { benchInProcess } from "./bench-in-process.test.data.ts";

let place: string;
let server: FaultServer;
beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), "bench-fetch-"));
  server = await faultServer();
  process.env.HF_ENDPOINT = server.origin;
  process.env.DIT_BENCH_HOME = join(place, "home");
  process.env.HF_HUB_CACHE = join(place, "hub");
  process.env.NO_PROXY = "127.0.0.1"; // a machine that runs these tests may have a proxy
});
afterEach(async () => {
  for (const name of ["HF_ENDPOINT", "DIT_BENCH_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "NO_PROXY"])
    delete process.env[name];
  rmSync(place, { recursive: true });
  await server.close();
});
const go = (...args: string[]) => benchInProcess(["fetch", ...args], { cwd: place });
const weights = () => join(place, "home/weights/sd-vae-ft-ema/diffusion_pytorch_model.safetensors");
const size = 334_643_276; // the size in weights.json
/** True if the engine openvino can be fetched for this machine. */
const hasWheel = openvinoWheels.wheels[thisPlatform()] !== undefined;
const path = process.env.PATH;

describe("bench fetch", () => {
  it("lists weights, datasets and engines without the network, as text and as JSON", async () => {
    const text = await go();
    expect(text.code, text.stderr).toBe(0);
    for (const name of ["dit-xl-2-256", "inception-v3-fid", "flowers", "cars"]) expect(text.stdout).toContain(name);
    expect(text.stdout).toContain(`kept in ${place}/home`);
    const json = JSON.parse((await go("--json")).stdout);
    expect(json.length).toBe(14);
    expect(json[0]).toMatchObject({ name: "dit-xl-2-256", here: false, bytesToFetch: 2_700_611_775 });
    expect(text.stdout).toMatch(/^openvino +engine /m);
    expect(json.at(-1)).toMatchObject({ name: "openvino", kind: "engine", here: false });
    expect(server.seen).toEqual([]);
    expect(readdirSync(place)).toEqual([]);
  });

  it("with --dry-run prints the files, their sizes and the free disk, and downloads nothing", async () => {
    const r = await go("--dry-run", "sd-vae-ft-ema", "flowers", "dit-xl-2-512", "--to", "elsewhere");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stdout).toMatch(/diffusion_pytorch_model.safetensors +335 MB/);
    expect(r.stdout).toMatch(/102flowers.tgz +345 MB/);
    expect(r.stdout).toContain("into elsewhere/datasets/flowers");
    expect(r.stdout).toMatch(/to download 680 MB and files of unknown size; disk needed 1.02 GB, free /);
    expect(server.seen).toEqual([]);
    expect(readdirSync(place)).toEqual([]);
  });

  it("exits with 130 on Ctrl-C, keeps the downloaded part and resumes from it", async () => {
    const sent = 1_000_000;
    server.handler = (_, response) => {
      response.writeHead(200, { etag: '"v1"', "content-length": size });
      response.write(Buffer.alloc(sent));
    };
    const interrupt = setInterval(() => {
      const partial = `${weights()}.partial`;
      if (!existsSync(partial) || statSync(partial).size < sent) return;
      clearInterval(interrupt); // a second signal would end the process at once
      child?.kill("SIGINT");
    }, 20);
    let child: { kill(signal: NodeJS.Signals): boolean } | undefined;
    const r = await bench(["fetch", "sd-vae-ft-ema"], {
      cwd: place,
      watch: (_, c) => {
        child = c;
      },
    });
    expect(r.code, r.stderr).toBe(130);
    expect(r.stderr).toContain("1 MB are kept in");
    expect(r.stderr).toContain("MIT (model card)");
    expect(r.stdout).toBe("");
    expect((await go("--dry-run", "sd-vae-ft-ema")).stdout).toContain("335 MB  1 MB are here");

    server.handler = (_, response) => response.writeHead(404).end();
    const again = await go("sd-vae-ft-ema");
    expect(server.seen.at(-1)?.headers).toMatchObject({ range: `bytes=${sent}-`, "if-range": '"v1"' });
    expect(again.code).toBe(4);
    expect(again.stderr).toContain("there is no such file (404)");
    expect(again.stderr).toContain(`put it at ${weights()}`);
  });

  it("uses files in the Hugging Face cache when offline, and prints their paths", async () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const writeCachedFile = (name: string, bytes: number) => {
      const path = join(place, "hub/models--stabilityai--sd-vae-ft-ema", name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, name === "refs/main" ? commit : "");
      if (bytes > 0) truncateSync(path, bytes);
      return path;
    };
    writeCachedFile("refs/main", 0);
    const path = writeCachedFile(`snapshots/${commit}/diffusion_pytorch_model.safetensors`, 8);
    process.env.HF_HUB_OFFLINE = "1";
    const missing = await go("sd-vae-ft-ema", "--json");
    expect(missing.code).toBe(4);
    expect(missing.stderr).toContain("HF_HUB_OFFLINE forbids network access");
    writeCachedFile(`snapshots/${commit}/config.json`, 547);
    const wrong = await go("sd-vae-ft-ema");
    expect(wrong.code).toBe(4);
    expect(wrong.stderr).toContain(`${path} is not the published file: its length is 8, wanted ${size} bytes`);
    const planned = (await go("--dry-run", "sd-vae-ft-ema")).stdout.replaceAll(/\s+/g, " ");
    expect(planned).toContain(`its length is 8, wanted ${size} bytes`);
    truncateSync(path, size);
    const r = await go("sd-vae-ft-ema");
    expect(r.code, r.stderr).toBe(0);
    expect(r.stdout).toBe(`sd-vae-ft-ema  ${path}\n`);
    expect(r.stderr).toContain("was here before; nothing was done");
    expect(server.seen).toEqual([]);
  });

  it("is recommended by other commands if weights are missing; they find the downloaded file by its name", async () => {
    const encode = () =>
      bench(["vae", "encode", "x", "--weights", "sd-vae-ft-ema", "--output", "z.safetensors"], { cwd: place });
    const missing = await encode();
    expect(missing.stderr).toContain("sd-vae-ft-ema is not here; get it with 'bench fetch sd-vae-ft-ema'");
    expect(missing.code).toBe(4);
    mkdirSync(dirname(weights()), { recursive: true });
    writeFileSync(weights(), "");
    writeFileSync(join(weights(), "../config.json"), "{");
    const wrong = await encode();
    expect(wrong.stderr).toContain(`${weights()} is not the published file: its length is 0, wanted ${size} bytes`);
    expect(wrong.code).toBe(4);
    truncateSync(weights(), size);
    truncateSync(join(weights(), "../config.json"), 547);
    expect((await encode()).stderr).toContain(`bench: error: ${weights()}: `);
    const listed = await bench(["list-weights", "sd-vae-ft-ema"], { cwd: place });
    expect(listed.stderr).toContain(`bench: error: ${weights()}: `);
  });

  it("refuses --from for anything but one engine, with exit code 2", async () => {
    for (const names of [[], ["flowers"], ["openvino", "flowers"]]) {
      const r = await go(...names, "--from", "some.whl");
      expect(r.code).toBe(2);
      expect(r.stderr).toContain(
        "--from 'some.whl' is the file of one engine, wanted 'bench fetch openvino --from some.whl'",
      );
    }
  });

  it.skipIf(!hasWheel)("refuses a file that is no wheel for an engine with one message and exit code 4", async () => {
    writeFileSync(join(place, "some.whl"), "<!DOCTYPE html>");
    const r = await go("openvino", "--from", "some.whl", "--json");
    expect(r.code).toBe(4);
    expect(r.json).toMatchObject({ fetched: [], failed: [{ name: "openvino" }] });
    expect(r.stderr).toMatch(
      /bench: error: some\.whl is .* and not a wheel; wanted onnxruntime_ep_openvino-1\.8\.1-py3-none-/,
    );
    expect(r.stderr).toContain("or run 'bench fetch openvino' without --from");
  });

  it.skipIf(!hasWheel)("prints the command for another machine if there is no pip, and with --dry-run", async () => {
    process.env.PATH = place;
    const r = await go("openvino").finally(() => {
      process.env.PATH = path;
    });
    expect(r.code).toBe(4);
    const command = /'(pip download [^']*onnxruntime-ep-openvino==1\.8\.1)' on another machine/.exec(r.stderr)?.[1];
    expect(command).toBeDefined();
    expect(r.stderr).toContain("bench: error: no pip 19.2 or later is installed: none of 'python3 -m pip', ");
    const planned = (await go("openvino", "--dry-run")).stdout.replaceAll(/\s+/g, " ");
    expect(planned).toContain(`downloaded by: ${command}`);
  });

  it("continues with the other files when one fails, and exits with 3", async () => {
    server.handler = (_, response) => response.writeHead(404).end();
    const r = await go("sd-vae-ft-ema", "sd-vae-ft-mse", "--json");
    expect(r.code).toBe(3);
    expect(r.json).toMatchObject({ fetched: [], failed: [{ name: "sd-vae-ft-ema" }, { name: "sd-vae-ft-mse" }] });
  });

  it("refuses an unknown name with exit code 2, and suggests a close one", async () => {
    const r = await go("flowerz");
    expect(r.code).toBe(2);
    expect(r.stderr).toContain("Did you mean 'flowers'?");
    expect(r.stdout).toBe("");
  });
});
