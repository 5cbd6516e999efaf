// The miniature of SUN397.

import { miniature } from "../miniature.ts";
import { beach } from "./beach.ts";
import { bedroom } from "./bedroom.ts";
import { forest } from "./forest.ts";
import { mountain } from "./mountain.ts";
import { road } from "./road.ts";
import { skyline } from "./skyline.ts";

/** Outdoor and indoor scenes. */
export const sun = miniature(
  { name: "sun", title: "Scenes (miniature)", subject: "places: shores, woods, peaks, cities, rooms and roads" },
  { beach, forest, mountain, skyline, bedroom, road },
);
