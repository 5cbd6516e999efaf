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

describe("the Vulkan drivers", () => {
  test("are those of the manifests in the loader's places", () => {
    driver(NVIDIA, "libGLX_nvidia.so.0");
    driver("home/me/.local/share/vulkan/icd.d/own.json", "libown.so");
    put("usr/share/vulkan/icd.d/broken.json", "{");
    put("usr/share/vulkan/icd.d/notes.txt", "{}");
    expect(vulkanDrivers(machine())).toEqual(["libGLX_nvidia.so.0", "libown.so"]);
  });

  test("or those that the environment names, and then no others", () => {
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

describe("WebGPU's adapter", () => {
  test("is a GPU that a driver drives", () => {
    driver(MESA, "/usr/lib/libvulkan_radeon.so");
    expect(webgpuAdapter(machine())).toBeUndefined();
    put("usr/lib/libvulkan_radeon.so");
    driver(MESA, join(root, "usr/lib/libvulkan_radeon.so"));
    expect(webgpuAdapter(machine())).toBeUndefined(); // the driver is there, the device is not
    put("dev/dri/renderD128");
    put("sys/class/drm/renderD128/device/vendor", "0x1002\n");
    put("sys/class/drm/renderD128/device/device", "0x744c\n");
    expect(webgpuAdapter(machine())).toEqual({ name: "AMD GPU 0x744c (libvulkan_radeon.so)", software: false });
  });

  test("has the model's name where NVIDIA's driver tells it", () => {
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

  test("is the processor only where no driver has a GPU", () => {
    driver(LAVAPIPE, "libvulkan_lvp.so");
    driver(NVIDIA, "libGLX_nvidia.so.0");
    expect(webgpuAdapter(machine())).toEqual({ name: "the processor (libvulkan_lvp.so)", software: true });
    put("dev/nvidia0");
    expect(webgpuAdapter(machine())?.software).toBe(false);
    const swiftshader = machine({ VK_DRIVER_FILES: "/opt/vk_swiftshader_icd.json" });
    driver("opt/vk_swiftshader_icd.json", "./libvk_swiftshader.so");
    put("opt/libvk_swiftshader.so");
    expect(webgpuAdapter(swiftshader)).toEqual({ name: "the processor (libvk_swiftshader.so)", software: true });
  });

  test("elsewhere than on Linux is the system's own", () => {
    expect(webgpuAdapter(machine({}, "darwin"))?.software).toBe(false);
    expect(webgpuAdapter(machine({}, "win32"))).toMatchObject({ software: undefined });
  });
});
