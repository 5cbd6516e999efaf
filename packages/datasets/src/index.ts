// Image folders, preprocessing and the procedural miniatures.
export {};
