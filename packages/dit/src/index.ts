// DiT: the model as a function of its weights, its description, and the two layouts of its checkpoints.

export { checkConfig, type DitConfig, ditByName, ditNames, outputChannels } from "./config.ts";
export { dit } from "./dit.ts";
export { type EmbeddingStart, initialDit, newClassEmbedding } from "./init.ts";
export { asDiffusers, asOfficial } from "./layouts/convert.ts";
export { diffusersConfig } from "./layouts/diffusers-config.ts";
export { type DitLayout, ditAnchors, recogniseLayout } from "./layouts/layout.ts";
export { headsOf, readConfig } from "./layouts/read-config.ts";
export { LayoutError, type RawTensor, type TensorSource, type TensorView } from "./layouts/tensor-source.ts";
export { CLASS_EMBEDDING, ditModel } from "./model.ts";
export { type PositionRuleName, positionRuleNames, positionRules } from "./position-rules.ts";
export { sinCosPositions } from "./positions.ts";
export { timestepEmbedding, timestepFrequencies } from "./timesteps.ts";
