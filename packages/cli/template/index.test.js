// The checks that every method must pass, one test each. `bench check-method .` explains those that fail.

import { test } from "node:test";
import { checks } from "@dit-bench/conformance";
import method from "./index.js";

for (const { name, run } of checks) test(name, () => run({ method }));
