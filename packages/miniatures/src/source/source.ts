import { miniature } from "../miniature.ts";
import { critter, fish } from "./creatures.ts";
import { furniture, vessel } from "./furnishings.ts";
import { ridge, tile } from "./layouts.ts";
import { leaf, twig } from "./plants.ts";
import { blob, block, pebble, sphere } from "./solids.ts";
import { lights, marble, ring, stripe } from "./textures.ts";

/**
 * What the base model learns before it meets a miniature, as ImageNet is for the published model: solids, textures, layouts,
 * lines and lights over a wide range of colours, and none of the miniatures' own subjects.
 */
export const sourceDomain = miniature(
  { name: "source", title: "Source domain", subject: "solids, textures, lines, creatures and lights of every colour" },
  {
    sphere,
    block,
    blob,
    pebble,
    vessel,
    furniture,
    critter,
    fish,
    leaf,
    twig,
    ridge,
    stripe,
    tile,
    ring,
    marble,
    glow: lights,
  },
);
