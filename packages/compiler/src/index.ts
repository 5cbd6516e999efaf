// tfjs function -> graph -> ONNX Runtime; knows no model and no method.
export {};
