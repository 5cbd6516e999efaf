// The engines of which `bench fetch` downloads the native libraries.

import { openvinoWheels, type WheelTable } from "@dit-bench/compiler";

export interface EngineEntry {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  readonly table: WheelTable;
}

export const engineEntries: readonly EngineEntry[] = [
  {
    name: "openvino",
    title: `OpenVINO for ONNX Runtime on CPUs (${openvinoWheels.package} ${openvinoWheels.version})`,
    licence: "MIT; the libraries in it, among them OpenVINO (Apache 2.0): third-party-programs.txt beside them",
    table: openvinoWheels,
  },
];
