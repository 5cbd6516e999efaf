// The methods with a form in PEFT. A further one is a file and its line here.

import { dora } from "./dora.ts";
import type { PeftForm } from "./form.ts";
import { ia3 } from "./ia3.ts";
import { lokr } from "./lokr.ts";
import { lora } from "./lora.ts";
import { oft } from "./oft.ts";

export const peftForms: readonly PeftForm[] = [lora, dora, lokr, oft, ia3];
