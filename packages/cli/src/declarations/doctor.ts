// The arguments and flags of `bench doctor`.

import { declare, type OptionsOf, toggle } from "../parser/flag.ts";

export const doctor = declare({
  about: "show what works on this machine, and how to get what does not",
  flags: { json: toggle("print as JSON") },
});

export type DoctorOptions = OptionsOf<typeof doctor.flags>;
