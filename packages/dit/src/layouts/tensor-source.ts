// Tensors by name, read when they are needed: the part of an opened checkpoint that the layouts use.

/** A tensor in its stored type, row-major. */
export interface RawTensor {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView & { readonly length: number };
}

export type TensorInfo = Pick<RawTensor, "type" | "shape">;

/** Tensors by name, read when they are needed. An opened checkpoint is one. */
export interface TensorSource<T extends RawTensor = RawTensor> {
  /** Path of the checkpoint, for messages. */
  readonly source: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Texts stored with the tensors. Settings of a diffusers folder have the prefix `config.`: `config.sample_size`. */
  readonly metadata: ReadonlyMap<string, string>;
  read(name: string): T;
  float32(name: string): Float32Array;
}

/** A source under other names. */
export type TensorView<T extends RawTensor> = Pick<TensorSource<T>, "source" | "tensors" | "read">;

/** The weights are not those of a DiT, or not of a whole one. */
export class LayoutError extends Error {
  override readonly name = "LayoutError";
}
