// The miniature of CUB-200.

import { miniature } from "../miniature.ts";
import { blueJay } from "./blue-jay.ts";
import { cardinal } from "./cardinal.ts";
import { goldfinch } from "./goldfinch.ts";
import { gull } from "./gull.ts";
import { hummingbird } from "./hummingbird.ts";
import { mallard } from "./mallard.ts";

/** Birds in their surroundings. */
export const cub = miniature(
  { name: "cub", title: "Birds (miniature)", subject: "birds on branches, on water and in the air" },
  { cardinal, "blue jay": blueJay, goldfinch, mallard, hummingbird, gull },
);
