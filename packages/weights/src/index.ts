// safetensors, read and written.
export {};
