// The miniature of Danish Fungi 2020 Mini.

import { miniature } from "../miniature.ts";
import { bolete } from "./bolete.ts";
import { bonnet } from "./bonnet.ts";
import { bracket } from "./bracket.ts";
import { chanterelle } from "./chanterelle.ts";
import { flyAgaric } from "./fly-agaric.ts";
import { inkCap } from "./ink-cap.ts";

/** Mushrooms on the forest floor. */
export const df20m = miniature(
  { name: "df20m", title: "Danish fungi (miniature)", subject: "mushrooms on the forest floor" },
  { "fly agaric": flyAgaric, bolete, chanterelle, "ink cap": inkCap, bracket, bonnet },
);
