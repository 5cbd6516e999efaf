// The miniature of Food-101.

import { miniature } from "../miniature.ts";
import { cake } from "./cake.ts";
import { donuts } from "./donuts.ts";
import { hamburger } from "./hamburger.ts";
import { pizza } from "./pizza.ts";
import { ramen } from "./ramen.ts";
import { sushi } from "./sushi.ts";

/** Plates and bowls on a table. */
export const food = miniature(
  { name: "food", title: "Food (miniature)", subject: "plates and bowls of food on a table" },
  { pizza, sushi, hamburger, donuts, ramen, cake },
);
