// The miniature of Oxford Flowers-102.

import { miniature } from "../miniature.ts";
import { daisy } from "./daisy.ts";
import { iris } from "./iris.ts";
import { pansy } from "./pansy.ts";
import { rose } from "./rose.ts";
import { sunflower } from "./sunflower.ts";
import { tulip } from "./tulip.ts";

/** Close-ups of blossoms before out-of-focus leaves. */
export const flowers = miniature(
  { name: "flowers", title: "Flowers (miniature)", subject: "blossoms close up, before leaves out of focus" },
  { daisy, tulip, sunflower, rose, iris, pansy },
);
