// The source domain, on which the base model of recipe `mini` is trained.

import { miniature } from "../miniature.ts";
import { critter, fish } from "./creatures.ts";
import { furniture, vessel } from "./furnishings.ts";
import { ridge, tile } from "./layouts.ts";
import { leaf, twig } from "./plants.ts";
import { blob, block, pebble, sphere } from "./solids.ts";
import { lights, marble, ring, stripe } from "./textures.ts";

/**
 * The training data of the base model, which corresponds to ImageNet for the published model: solids, textures,
 * layouts, lines and lights in many colours, and none of the subjects of the miniatures.
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
