// The table of export formats. A further one is a file and its line here.

import type { ExportFormat } from "./format.ts";
import { merged } from "./merged.ts";
import { peft } from "./peft.ts";
import { safetensors } from "./safetensors.ts";

export const exportFormats: readonly ExportFormat[] = [peft, safetensors, merged];
