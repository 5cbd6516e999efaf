// Format `safetensors`: the trained weights alone, with the names that this program gives them.

import { type ExportFormat, tensorFile } from "./format.ts";
import { metadataOf } from "./metadata.ts";

const file = "trained.safetensors";

export const safetensors: ExportFormat = {
  name: "safetensors",
  make(run) {
    const { adapted, trained } = run;
    return {
      files: [
        tensorFile(
          file,
          adapted.trainable.map(
            ({ name, shape }) => [name, { type: "F32" as const, shape, data: trained[name]! }] as const,
          ),
          metadataOf(run, "moving average of the trained weights"),
        ),
      ],
      library: "dit-bench",
      use: [
        `\`${file}\` has the trained weights and no others. Base weights that were trained have the names of`,
        "facebookresearch/DiT's checkpoints and replace those of the base model. New weights of the method are named",
        "`MODULE.METHOD.KEY`; the source of the method defines what they do. The file's metadata has the method, its",
        "options, and the SHA-256 of the base model.",
      ].join("\n"),
    };
  },
};
