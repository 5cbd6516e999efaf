// The JSON Schema of a recipe.json. Editors complete and explain settings by it.

import { z } from "zod";
import { recipeSchema } from "./schema.ts";
import { gridSchema } from "./variant.ts";

/** Returns the JSON Schema (draft 2020-12) of a recipe.json with all its sections. */
export const recipeJsonSchema = (): object =>
  z.toJSONSchema(
    recipeSchema.safeExtend({
      grid: gridSchema.optional(),
      $schema: z.string().optional().describe("The path of this schema, for editors."),
    }),
    { io: "input" },
  );
