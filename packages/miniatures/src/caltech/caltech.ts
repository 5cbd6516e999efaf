// The miniature of Caltech-101.

import { miniature } from "../miniature.ts";
import { airplane } from "./airplane.ts";
import { butterfly } from "./butterfly.ts";
import { cup } from "./cup.ts";
import { face } from "./face.ts";
import { starfish } from "./starfish.ts";
import { watch } from "./watch.ts";

/** Single objects in the centre of a plain background. */
export const caltech = miniature(
  { name: "caltech", title: "Objects (miniature)", subject: "single objects on plain, light grounds" },
  { airplane, face, watch, cup, starfish, butterfly },
);
