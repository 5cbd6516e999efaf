// Types of the exports: those of tensorflow.js.

export * from "@tensorflow/tfjs";
