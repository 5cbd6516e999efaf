/** A tensor as it lies in a file; its first dimension's rows lie one after the other. */
export interface RawTensor {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView & { readonly length: number };
}

export type TensorInfo = Pick<RawTensor, "type" | "shape">;

/** Tensors by name, read when they are wanted. An opened checkpoint is one. */
export interface TensorSource<T extends RawTensor = RawTensor> {
  /** What to call it in messages: its path. */
  readonly source: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Plain values beside the tensors; a diffusers folder's settings are `config.sample_size` and the like. */
  readonly metadata: ReadonlyMap<string, string>;
  read(name: string): T;
  float32(name: string): Float32Array;
}

/** A view of a source under other names. */
export type TensorView<T extends RawTensor> = Pick<TensorSource<T>, "source" | "tensors" | "read">;

/** Weights that are not a DiT's, or not a whole one's. */
export class LayoutError extends Error {
  override readonly name = "LayoutError";
}
