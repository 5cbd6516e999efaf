// Finds the GPU that WebGPU or CUDA will use. ONNX Runtime does not report it, so it is derived from the machine: on
// Linux from the Vulkan drivers' manifests, searched as the Vulkan loader searches them, and from the devices of the
// kernel. https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

export interface Adapter {
  readonly name: string;
  /** Whether the CPU computes; undefined if that is not known. */
  readonly software: boolean | undefined;
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The root folder of the file system. */
  readonly root: string;
  readonly home: string;
}

export const thisMachine = (): Machine => ({
  platform: process.platform,
  env: process.env,
  root: "/",
  home: homedir(),
});

/**
 * The adapter that WebGPU gets: a GPU if a driver has one, else a driver that computes on the CPU. Undefined: no
 * driver.
 */
export function webgpuAdapter(machine: Machine = thisMachine()): Adapter | undefined {
  if (machine.platform === "darwin") return { name: "the GPU that Metal uses", software: false };
  if (machine.platform === "win32") return { name: "the adapter that Direct3D 12 uses", software: undefined };
  const drivers = vulkanDrivers(machine);
  for (const driver of drivers) {
    const gpu = SOFTWARE.test(driver) ? undefined : gpuOfDriver(driver, machine);
    if (gpu) return { name: `${gpu} (${fileName(driver)})`, software: false };
  }
  const software = drivers.find((driver) => SOFTWARE.test(driver));
  return software === undefined ? undefined : { name: `the CPU (${fileName(software)})`, software: true };
}

/** The GPU that CUDA uses. */
export function cudaAdapter(machine: Machine = thisMachine()): Adapter | undefined {
  const name = nvidiaGpu(machine);
  return name === undefined ? undefined : { name, software: false };
}

/** Libraries of drivers that compute on the CPU. Mesa's lavapipe is libvulkan_lvp.so. */
const SOFTWARE = /swiftshader|lvp|lavapipe|llvmpipe/i;
const fileName = (driver: string) => driver.slice(driver.lastIndexOf("/") + 1);

/** Libraries of the Vulkan drivers that are installed, or that VK_DRIVER_FILES selects. */
export function vulkanDrivers(machine: Machine): string[] {
  const { env } = machine;
  const list = (value: string | undefined) => (value ?? "").split(":").filter((path) => path !== "");
  const chosen = [...list(env.VK_DRIVER_FILES), ...(env.VK_DRIVER_FILES ? [] : list(env.VK_ICD_FILENAMES))];
  const manifests = chosen.length > 0 ? chosen : [...list(env.VK_ADD_DRIVER_FILES), ...installedManifests(machine)];
  return manifests.flatMap((path) => {
    const library = libraryOf(join(machine.root, path));
    return library === undefined ? [] : [library];
  });
}

function installedManifests({ env, root, home }: Machine): string[] {
  const folders = [
    env.XDG_CONFIG_HOME || join(home, ".config"),
    ...(env.XDG_CONFIG_DIRS || "/etc/xdg").split(":"),
    "/etc",
    env.XDG_DATA_HOME || join(home, ".local/share"),
    ...(env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":"),
  ];
  return folders.flatMap((folder) => {
    const icdFolder = join(folder, "vulkan/icd.d");
    return entries(join(root, icdFolder))
      .filter((file) => file.endsWith(".json"))
      .map((file) => join(icdFolder, file));
  });
}

/**
 * The library that a driver's manifest names. A path with a slash must exist; a plain file name is left to the loader.
 * Undefined if the manifest cannot be read or the library is missing.
 */
function libraryOf(manifest: string): string | undefined {
  try {
    const { ICD } = JSON.parse(readFileSync(manifest, "utf8")) as { ICD: { library_path: string } };
    const path = ICD.library_path;
    if (!path.includes("/")) return path;
    const full = isAbsolute(path) ? path : join(dirname(manifest), path);
    return existsSync(full) ? full : undefined;
  } catch {
    return undefined; // the loader skips a manifest that it cannot read
  }
}

/** Name of the GPU of a hardware driver; undefined if the kernel has no device for it. */
function gpuOfDriver(driver: string, machine: Machine): string | undefined {
  if (/nvidia/i.test(driver)) return nvidiaGpu(machine);
  const node = entries(join(machine.root, "dev/dri")).find((file) => file.startsWith("renderD"));
  if (node === undefined) return undefined;
  const id = (file: string) => read(join(machine.root, "sys/class/drm", node, "device", file))?.trim() ?? "unknown";
  const [vendor, device] = [id("vendor"), id("device")];
  return `${VENDORS[vendor] ?? `vendor ${vendor}`} GPU ${device}`;
}

const VENDORS: Readonly<Record<string, string>> = { "0x8086": "Intel", "0x1002": "AMD", "0x10de": "NVIDIA" };

function nvidiaGpu({ root }: Machine): string | undefined {
  if (!entries(join(root, "dev")).some((file) => /^nvidia\d+$/.test(file))) return undefined;
  const folder = join(root, "proc/driver/nvidia/gpus");
  const model = entries(folder)
    .map((gpu) => read(join(folder, gpu, "information"))?.match(/^Model:\s*(.+)$/m)?.[1])
    .find((name) => name !== undefined);
  return model ?? "NVIDIA GPU";
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // missing or not readable
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
