// The miniature of ArtBench-10.

import { miniature } from "../miniature.ts";
import { baroque } from "./baroque.ts";
import { expressionism } from "./expressionism.ts";
import { impressionism } from "./impressionism.ts";
import { postImpressionism } from "./post-impressionism.ts";
import { surrealism } from "./surrealism.ts";
import { ukiyoE } from "./ukiyo-e.ts";

/** Paintings and prints by style. */
export const artbench = miniature(
  { name: "artbench", title: "Art (miniature)", subject: "paintings and prints in six styles" },
  {
    impressionism,
    "post-impressionism": postImpressionism,
    "ukiyo-e": ukiyoE,
    surrealism,
    baroque,
    expressionism,
  },
);
