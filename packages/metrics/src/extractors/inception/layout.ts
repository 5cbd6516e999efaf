// The network of pytorch-fid as data: its convolutions and pools, and how they are connected.
//
// Szegedy et al., 2016, https://arxiv.org/abs/1512.00567, in the form of torchvision's Inception3, with the differences
// of the original FID's network (Heusel et al., 2017, TensorFlow's graph of 2015-12-05): average pools do not count
// padding (Mixed_5b to 5d, 6b to 6e, 7b), and the last block has a max pool (Mixed_7c). Names are the checkpoint's.

/** A convolution without bias, its batch norm and a ReLU. */
export interface Convolution {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width of the kernel. */
  readonly kernel: readonly [number, number];
  /** Convolutions of stride 2 are not padded in this network. */
  readonly stride: 1 | 2;
  readonly padding: "same" | "valid";
}

/** A 3 x 3 pool. `average` counts pixels inside of the image only. */
export interface Pool {
  readonly pool: "average" | "maximum";
  readonly stride: 1 | 2;
}

/** Branches on the same input, concatenated along the channels in this order. */
export interface Split {
  readonly branches: readonly (readonly Layer[])[];
}

export type Layer = Convolution | Pool | Split;

/** The layers up to one of the four places where pytorch-fid takes features, the map averaged over its positions. */
export interface Block {
  readonly layers: readonly Layer[];
  /** Channels of its output. */
  readonly width: number;
}

/** @param divisor divides every width of the published network, for tests */
export function inceptionBlocks(divisor = 1): readonly Block[] {
  const w = (width: number) => width / divisor;
  type Options = { kernel?: [number, number]; stride?: 1 | 2; padding?: "same" | "valid" };
  const conv = (
    name: string,
    inputs: number,
    outputs: number,
    { kernel = [1, 1], stride = 1, padding = stride === 2 ? "valid" : "same" }: Options = {},
  ): Convolution => ({ name, inputs, outputs, kernel, stride, padding });
  const three = { kernel: [3, 3] } satisfies Options;
  const halving = { kernel: [3, 3], stride: 2 } satisfies Options;
  const row = (n: number): Options => ({ kernel: [1, n] });
  const column = (n: number): Options => ({ kernel: [n, 1] });
  const down: Pool = { pool: "maximum", stride: 2 };

  const blockA = (name: string, inputs: number, pooled: number): Split => ({
    branches: [
      [conv(`${name}.branch1x1`, inputs, w(64))],
      [conv(`${name}.branch5x5_1`, inputs, w(48)), conv(`${name}.branch5x5_2`, w(48), w(64), { kernel: [5, 5] })],
      [
        conv(`${name}.branch3x3dbl_1`, inputs, w(64)),
        conv(`${name}.branch3x3dbl_2`, w(64), w(96), three),
        conv(`${name}.branch3x3dbl_3`, w(96), w(96), three),
      ],
      [{ pool: "average", stride: 1 }, conv(`${name}.branch_pool`, inputs, pooled)],
    ],
  });

  const blockB = (name: string, inputs: number): Split => ({
    branches: [
      [conv(`${name}.branch3x3`, inputs, w(384), halving)],
      [
        conv(`${name}.branch3x3dbl_1`, inputs, w(64)),
        conv(`${name}.branch3x3dbl_2`, w(64), w(96), three),
        conv(`${name}.branch3x3dbl_3`, w(96), w(96), halving),
      ],
      [down],
    ],
  });

  const blockC = (name: string, middle: number): Split => ({
    branches: [
      [conv(`${name}.branch1x1`, w(768), w(192))],
      [
        conv(`${name}.branch7x7_1`, w(768), middle),
        conv(`${name}.branch7x7_2`, middle, middle, row(7)),
        conv(`${name}.branch7x7_3`, middle, w(192), column(7)),
      ],
      [
        conv(`${name}.branch7x7dbl_1`, w(768), middle),
        conv(`${name}.branch7x7dbl_2`, middle, middle, column(7)),
        conv(`${name}.branch7x7dbl_3`, middle, middle, row(7)),
        conv(`${name}.branch7x7dbl_4`, middle, middle, column(7)),
        conv(`${name}.branch7x7dbl_5`, middle, w(192), row(7)),
      ],
      [{ pool: "average", stride: 1 }, conv(`${name}.branch_pool`, w(768), w(192))],
    ],
  });

  const blockD = (name: string): Split => ({
    branches: [
      [conv(`${name}.branch3x3_1`, w(768), w(192)), conv(`${name}.branch3x3_2`, w(192), w(320), halving)],
      [
        conv(`${name}.branch7x7x3_1`, w(768), w(192)),
        conv(`${name}.branch7x7x3_2`, w(192), w(192), row(7)),
        conv(`${name}.branch7x7x3_3`, w(192), w(192), column(7)),
        conv(`${name}.branch7x7x3_4`, w(192), w(192), halving),
      ],
      [down],
    ],
  });

  /** A 1 x 3 and a 3 x 1 convolution on the same input. */
  const cross = (name: string): Split => ({
    branches: [[conv(`${name}a`, w(384), w(384), row(3))], [conv(`${name}b`, w(384), w(384), column(3))]],
  });
  const blockE = (name: string, inputs: number, pool: Pool["pool"]): Split => ({
    branches: [
      [conv(`${name}.branch1x1`, inputs, w(320))],
      [conv(`${name}.branch3x3_1`, inputs, w(384)), cross(`${name}.branch3x3_2`)],
      [
        conv(`${name}.branch3x3dbl_1`, inputs, w(448)),
        conv(`${name}.branch3x3dbl_2`, w(448), w(384), three),
        cross(`${name}.branch3x3dbl_3`),
      ],
      [{ pool, stride: 1 }, conv(`${name}.branch_pool`, inputs, w(192))],
    ],
  });

  // The number at the end of a line is the side of its output map.
  return [
    {
      layers: [
        conv("Conv2d_1a_3x3", 3, w(32), halving), // 149
        conv("Conv2d_2a_3x3", w(32), w(32), { ...three, padding: "valid" }), // 147
        conv("Conv2d_2b_3x3", w(32), w(64), three), // 147
        down, // 73
      ],
      width: w(64),
    },
    {
      layers: [
        conv("Conv2d_3b_1x1", w(64), w(80)), // 73
        conv("Conv2d_4a_3x3", w(80), w(192), { ...three, padding: "valid" }), // 71
        down, // 35
      ],
      width: w(192),
    },
    {
      layers: [
        blockA("Mixed_5b", w(192), w(32)), // 35
        blockA("Mixed_5c", w(256), w(64)),
        blockA("Mixed_5d", w(288), w(64)),
        blockB("Mixed_6a", w(288)), // 17
        blockC("Mixed_6b", w(128)),
        blockC("Mixed_6c", w(160)),
        blockC("Mixed_6d", w(160)),
        blockC("Mixed_6e", w(192)),
      ],
      width: w(768),
    },
    {
      layers: [
        blockD("Mixed_7a"), // 8
        blockE("Mixed_7b", w(1280), "average"),
        blockE("Mixed_7c", w(2048), "maximum"),
      ],
      width: w(2048),
    },
  ];
}

/** Every convolution, in the order of the checkpoint. */
export function convolutionsOf(layers: readonly Layer[]): Convolution[] {
  return layers.flatMap((layer) => {
    if ("branches" in layer) return layer.branches.flatMap(convolutionsOf);
    return "name" in layer ? [layer] : [];
  });
}
