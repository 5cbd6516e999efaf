// Finding adapters in the files of an imitated Linux machine.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cudaAdapter, type Machine, vulkanDrivers, webgpuAdapter } from "./adapters.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dit-bench-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const machine = (env: Machine["env"] = {}, platform: Machine["platform"] = "linux"): Machine => ({
  platform,
  env,
  root,
  home: "/home/me",
});
function put(path: string, text = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const driver = (manifest: string, library: string) =>
  put(manifest, JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path: library, api_version: "1.3" } }));

const NVIDIA = "etc/vulkan/icd.d/nvidia_icd.json";
const MESA = "usr/share/vulkan/icd.d/radeon_icd.json";
const LAVAPIPE = "usr/share/vulkan/icd.d/lvp_icd.json";

describe("vulkanDrivers", () => {
  test("lists the drivers of the manifests in the loader's folders", () => {
    driver(NVIDIA, "libGLX_nvidia.so.0");
    driver("home/me/.local/share/vulkan/icd.d/own.json", "libown.so");
    put("usr/share/vulkan/icd.d/broken.json", "{");
    put("usr/share/vulkan/icd.d/notes.txt", "{}");
    expect(vulkanDrivers(machine())).toEqual(["libGLX_nvidia.so.0", "libown.so"]);
  });

  test("lists only the drivers that the environment selects, where it selects any", () => {
    driver(NVIDIA, "libGLX_nvidia.so.0");
    driver("opt/a.json", "./liba.so");
    put("opt/liba.so");
    driver("opt/gone.json", "./libgone.so");
    const chosen = "/opt/a.json:/opt/gone.json:/opt/not-there.json";
    expect(vulkanDrivers(machine({ VK_DRIVER_FILES: chosen }))).toEqual([join(root, "opt/liba.so")]);
    expect(vulkanDrivers(machine({ VK_ICD_FILENAMES: chosen }))).toEqual([join(root, "opt/liba.so")]);
    expect(vulkanDrivers(machine({ VK_DRIVER_FILES: "/opt/not-there.json", VK_ICD_FILENAMES: chosen }))).toEqual([]);
  });
});

describe("webgpuAdapter", () => {
  test("is a GPU that has both a driver and a device", () => {
    driver(MESA, "/usr/lib/libvulkan_radeon.so");
    expect(webgpuAdapter(machine())).toBeUndefined();
    put("usr/lib/libvulkan_radeon.so");
    driver(MESA, join(root, "usr/lib/libvulkan_radeon.so"));
    expect(webgpuAdapter(machine())).toBeUndefined(); // a driver without a device
    put("dev/dri/renderD128");
    put("sys/class/drm/renderD128/device/vendor", "0x1002\n");
    put("sys/class/drm/renderD128/device/device", "0x744c\n");
    expect(webgpuAdapter(machine())).toEqual({ name: "AMD GPU 0x744c (libvulkan_radeon.so)", software: false });
  });

  test("has the GPU's model name where NVIDIA's driver reports it", () => {
    driver(NVIDIA, "libGLX_nvidia.so.0");
    put("dev/nvidiactl");
    expect(webgpuAdapter(machine())).toBeUndefined();
    expect(cudaAdapter(machine())).toBeUndefined();
    put("dev/nvidia0");
    expect(cudaAdapter(machine())).toEqual({ name: "NVIDIA GPU", software: false });
    put("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA H200\nIRQ: 5\n");
    expect(webgpuAdapter(machine())).toEqual({ name: "NVIDIA H200 (libGLX_nvidia.so.0)", software: false });
    expect(cudaAdapter(machine())).toEqual({ name: "NVIDIA H200", software: false });
  });

  test("is the CPU only where no driver has a GPU", () => {
    driver(LAVAPIPE, "libvulkan_lvp.so");
    driver(NVIDIA, "libGLX_nvidia.so.0");
    expect(webgpuAdapter(machine())).toEqual({ name: "the CPU (libvulkan_lvp.so)", software: true });
    put("dev/nvidia0");
    expect(webgpuAdapter(machine())?.software).toBe(false);
    const swiftshader = machine({ VK_DRIVER_FILES: "/opt/vk_swiftshader_icd.json" });
    driver("opt/vk_swiftshader_icd.json", "./libvk_swiftshader.so");
    put("opt/libvk_swiftshader.so");
    expect(webgpuAdapter(swiftshader)).toEqual({ name: "the CPU (libvk_swiftshader.so)", software: true });
  });

  test("is the system's own on macOS and Windows", () => {
    expect(webgpuAdapter(machine({}, "darwin"))?.software).toBe(false);
    expect(webgpuAdapter(machine({}, "win32"))).toMatchObject({ software: undefined });
  });
});
