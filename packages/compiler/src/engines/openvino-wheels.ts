// The wheels of OpenVINO's execution provider for ONNX Runtime, one for each platform that has one. pip offered these
// two and none for macOS, Windows on ARM, Linux on ARM or musl (November 2026).

/** A wheel for one platform. */
export interface Wheel {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The platform as pip names it. */
  readonly pipPlatform: string;
  /** The library that is registered with ONNX Runtime: a path in the wheel. */
  readonly library: string;
  /** The other files in the wheel that the provider needs on the CPU, and the licences. They find each other there. */
  readonly others: readonly string[];
  /** Bytes of all these files once unpacked. */
  readonly unpackedBytes: number;
}

/** The wheels of one version of a package of Python. */
export interface WheelTable {
  readonly package: string;
  readonly version: string;
  /** By Node's names of platform and architecture, such as `linux-x64`. */
  readonly wheels: Readonly<Record<string, Wheel>>;
}

const folder = "onnxruntime_ep_openvino";

/**
 * Left out of each wheel: the plug-ins for GPUs, NPUs and combined devices, the same library under two more names, and
 * tuning data for GPUs. With the files below both precisions ran on Linux (x64, AMD). The frontend of OpenVINO's own
 * format reads the models that `CACHE_DIR` stores. `libtbbbind` and `libhwloc` are loaded to find the machine's cores.
 * For Windows the list follows from the imports of the libraries: it was not tried there.
 */
export const openvinoWheels: WheelTable = {
  package: "onnxruntime-ep-openvino",
  version: "1.8.1",
  wheels: {
    "linux-x64": {
      file: "onnxruntime_ep_openvino-1.8.1-py3-none-manylinux_2_28_x86_64.whl",
      bytes: 52_587_628,
      sha256: "3832643158c8c187fcab6db661cde2a8c06a2b3559d95d0f2411ac0e51c5e924",
      pipPlatform: "manylinux_2_28_x86_64",
      library: `${folder}/libonnxruntime_providers_openvino_plugin.so`,
      others: [
        `${folder}/libopenvino.so.2641`,
        `${folder}/libopenvino_intel_cpu_plugin.so`,
        `${folder}/libopenvino_onnx_frontend.so.2641`,
        `${folder}/libopenvino_ir_frontend.so.2641`,
        `${folder}/libtbb.so.12`,
        `${folder}/libtbbmalloc.so.2`,
        `${folder}/libtbbbind_2_5.so.3`,
        `${folder}/libhwloc.so.15`,
        `${folder}/third-party-programs.txt`,
        "onnxruntime_ep_openvino-1.8.1.dist-info/METADATA",
      ],
      unpackedBytes: 95_809_146,
    },
    "win32-x64": {
      file: "onnxruntime_ep_openvino-1.8.1-py3-none-win_amd64.whl",
      bytes: 75_824_318,
      sha256: "1acd878be173b02bb8b953460f2f59b121e5f6e47ebc6aad490c0590cf6718fb",
      pipPlatform: "win_amd64",
      library: `${folder}/onnxruntime_providers_openvino_plugin.dll`,
      others: [
        `${folder}/openvino.dll`,
        `${folder}/openvino_intel_cpu_plugin.dll`,
        `${folder}/openvino_onnx_frontend.dll`,
        `${folder}/openvino_ir_frontend.dll`,
        `${folder}/tbb12.dll`,
        `${folder}/tbbmalloc.dll`,
        `${folder}/tbbbind_2_5.dll`,
        `${folder}/third-party-programs.txt`,
        "onnxruntime_ep_openvino-1.8.1.dist-info/METADATA",
      ],
      unpackedBytes: 72_084_475,
    },
  },
};

/** All files that are unpacked from a wheel, as paths in it. */
export const filesOfWheel = ({ library, others }: Wheel): readonly string[] => [library, ...others];

/**
 * The name of this machine's platform in a table of wheels. The wheels for Linux need glibc, which Alpine does not
 * have: it is `linux-x64-musl`.
 */
export function thisPlatform(): string {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== "linux") return name;
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? `${name}-musl` : name;
}

/** Why there is no wheel for a platform. */
export function describeMissingWheel({ package: name, version, wheels }: WheelTable, platform: string): string {
  return `there is no wheel of ${name} ${version} for ${platform}, only for ${Object.keys(wheels).join(" and ")}`;
}
