// The methods with a form in PEFT. A further one is a file and its line here.

import type { PeftForm } from "./form.ts";
import { lora } from "./lora.ts";

export const peftForms: readonly PeftForm[] = [lora];
