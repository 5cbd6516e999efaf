import { miniature } from "../miniature.ts";
import { airplane } from "./airplane.ts";
import { butterfly } from "./butterfly.ts";
import { cup } from "./cup.ts";
import { face } from "./face.ts";
import { starfish } from "./starfish.ts";
import { watch } from "./watch.ts";

/** Stands for Caltech-101: one object in the middle of a plain, light ground. */
export const caltech = miniature(
  { name: "caltech", title: "Objects (miniature)", subject: "single objects on plain, light grounds" },
  { airplane, face, watch, cup, starfish, butterfly },
);
