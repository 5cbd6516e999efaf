export { checkConfig, type DitConfig, ditByName, ditNames, outputChannels } from "./config.ts";
export { dit } from "./dit.ts";
export { type EmbeddingStart, initialDit, newClassEmbedding } from "./init.ts";
export { CLASS_EMBEDDING, ditModel } from "./model.ts";
export { sinCosPositions } from "./positions.ts";
export { timestepEmbedding, timestepFrequencies } from "./timesteps.ts";
