import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

// Which GPU WebGPU will compute on. ONNX Runtime does not tell, so it is read off the machine: on Linux from the Vulkan drivers'
// manifests, found as the Vulkan loader finds them, and from the devices that the kernel has.
// https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md

export interface Adapter {
  readonly name: string;
  /** Whether it is the processor that computes; undefined where that is unknown. */
  readonly software: boolean | undefined;
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the file system starts. */
  readonly root: string;
  readonly home: string;
}

export const thisMachine = (): Machine => ({
  platform: process.platform,
  env: process.env,
  root: "/",
  home: homedir(),
});

/** The adapter that a request for the fastest one gets: a GPU where a driver has one, else a driver that computes on the processor. */
export function webgpuAdapter(machine: Machine = thisMachine()): Adapter | undefined {
  if (machine.platform === "darwin") return { name: "the GPU that Metal takes", software: false };
  if (machine.platform === "win32") return { name: "the adapter that Direct3D 12 takes", software: undefined };
  const drivers = vulkanDrivers(machine);
  for (const driver of drivers) {
    const gpu = SOFTWARE.test(driver) ? undefined : gpuOf(driver, machine);
    if (gpu) return { name: `${gpu} (${fileOf(driver)})`, software: false };
  }
  const software = drivers.find((driver) => SOFTWARE.test(driver));
  return software === undefined ? undefined : { name: `the processor (${fileOf(software)})`, software: true };
}

/** The GPU that CUDA takes. */
export function cudaAdapter(machine: Machine = thisMachine()): Adapter | undefined {
  const name = nvidiaGpu(machine);
  return name === undefined ? undefined : { name, software: false };
}

/** Mesa's lavapipe is libvulkan_lvp.so. */
const SOFTWARE = /swiftshader|lvp|lavapipe|llvmpipe/i;
const fileOf = (driver: string) => driver.slice(driver.lastIndexOf("/") + 1);

/** The libraries of the Vulkan drivers that are installed, or chosen by VK_DRIVER_FILES. */
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
    const place = join(folder, "vulkan/icd.d");
    return entries(join(root, place))
      .filter((file) => file.endsWith(".json"))
      .map((file) => join(place, file));
  });
}

/** A path with a slash is checked; a bare name is left to the loader. Undefined where there is no such driver. */
function libraryOf(manifest: string): string | undefined {
  try {
    const { ICD } = JSON.parse(readFileSync(manifest, "utf8")) as { ICD: { library_path: string } };
    const path = ICD.library_path;
    if (!path.includes("/")) return path;
    const full = isAbsolute(path) ? path : join(dirname(manifest), path);
    return existsSync(full) ? full : undefined;
  } catch {
    return undefined; // the loader passes over a manifest that it cannot read
  }
}

/** The GPU that a hardware driver drives, where the kernel has one for it. */
function gpuOf(driver: string, machine: Machine): string | undefined {
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
    return []; // not there, or not for us to see
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
