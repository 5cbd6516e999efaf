// The parsers of untrusted bytes. A target is one file in `targets` and one line here.

/** Names of the files in `targets`. */
const names = [
  "safetensors",
  "torch",
  "numpy",
  "features",
  "shards",
  "autoencoder",
  "images",
  "photographs",
  "archives",
  "labels",
  "records",
  "sweeps",
  "recipes",
  "training-states",
  "latents",
  "manifests",
];

/** URL of each target's module, by name. */
export const targets = new Map(names.map((name) => [name, new URL(`targets/${name}.mjs`, import.meta.url).href]));
