// Convolutions, pools, batch norm and resizing. tfjs has images NHWC and filters [H, W, I, O]; the graph, as ONNX, has
// NCHW and [O, I, H, W].
//
// N = batch, H, W = height and width, C, I, O = channels, input and output channels, M = output channels of each input
// channel of a depthwise convolution

import * as tf from "@dit-bench/tfjs";
import type { GraphBuilder, Value } from "../graph/graph.ts";
import type { Kernel } from "./kernel.ts";

type ConvInfo = tf.backend_util.Conv2DInfo;

export const images: Record<string, Kernel> = {
  Conv2D: ({ g, inputs: { x, filter }, attrs }) => {
    const info = convInfo(x!.shape, filter!.shape, attrs);
    const y = g.add("Conv", [toNCHW(g, x!), g.add("Transpose", [filter!], { perm: [3, 2, 0, 1] })], geometry(info));
    return outputOf(g, y, info);
  },
  Conv2DBackpropInput: ({ g, inputs: { dy, filter }, attrs }) => {
    const info = convInfo(attrs.inputShape, filter!.shape, attrs);
    const dx = g.add("ConvTranspose", [toNCHW(g, dy!), g.add("Transpose", [filter!], { perm: [3, 2, 0, 1] })], {
      ...geometry(info),
      outputPadding: unreachedSides(info),
    });
    return toNHWC(g, dx);
  },
  /** A convolution that sums over the batch, with dy as the filter, dilated by the stride. */
  Conv2DBackpropFilter: ({ g, inputs: { x, dy }, attrs }) => {
    const info = convInfo(x!.shape, attrs.filterShape, attrs);
    const dw_IOHW = g.add(
      "Conv",
      [g.add("Transpose", [x!], { perm: [3, 0, 1, 2] }), g.add("Transpose", [dy!], { perm: [3, 0, 1, 2] })],
      { strides: [1, 1], pads: geometry(info).pads, dilations: [info.strideHeight, info.strideWidth], group: 1 },
    );
    // Rows and columns that the stride leaves over at the far edge would enlarge the filter: they are cut off.
    const [I, O] = dw_IOHW.shape as [number, number];
    const sizes = [I, O, info.filterHeight, info.filterWidth];
    const cropped = g.add("Slice", [dw_IOHW], { starts: [0, 0, 0, 0], sizes, steps: [1, 1, 1, 1] });
    return g.add("Transpose", [cropped], { perm: [2, 3, 0, 1] });
  },
  DepthwiseConv2dNative: ({ g, inputs: { x, filter }, attrs }) => {
    const info = depthwiseInfo(x!.shape, filter!.shape, attrs);
    const y = g.add("Conv", [toNCHW(g, x!), depthwiseFilter(g, filter!)], {
      ...geometry(info),
      group: info.inChannels,
    });
    return outputOf(g, y, info);
  },
  DepthwiseConv2dNativeBackpropInput: ({ g, inputs: { dy, filter }, attrs }) => {
    const info = depthwiseInfo(attrs.inputShape, filter!.shape, attrs);
    const dx = g.add("ConvTranspose", [toNCHW(g, dy!), depthwiseFilter(g, filter!)], {
      ...geometry(info),
      group: info.inChannels,
      outputPadding: unreachedSides(info),
    });
    return toNHWC(g, dx);
  },
  /** As that of a convolution, with each image's channels as groups of their own: the sum over the batch comes last. */
  DepthwiseConv2dNativeBackpropFilter: ({ g, inputs: { x, dy }, attrs }) => {
    const info = depthwiseInfo(x!.shape, attrs.filterShape, attrs);
    const { batchSize: N, inChannels: C, filterHeight, filterWidth } = info;
    const M = info.outChannels / C;
    const planes = g.add("Reshape", [toNCHW(g, x!)], { shape: [1, N * C, info.inHeight, info.inWidth] });
    const filters = g.add("Reshape", [toNCHW(g, dy!)], { shape: [N * C * M, 1, info.outHeight, info.outWidth] });
    const dw = g.add("Conv", [planes, filters], {
      strides: [1, 1],
      pads: geometry(info).pads,
      dilations: [info.strideHeight, info.strideWidth],
      group: N * C,
    });
    const sizes = [1, N * C * M, filterHeight, filterWidth];
    const cropped = g.add("Slice", [dw], { starts: [0, 0, 0, 0], sizes, steps: [1, 1, 1, 1] });
    const dw_NCMHW = g.add("Reshape", [cropped], { shape: [N, C, M, filterHeight, filterWidth] });
    const dw_CMHW = g.add("ReduceSum", [dw_NCMHW], { axes: [0], keepDims: false });
    return g.add("Transpose", [dw_CMHW], { perm: [2, 3, 0, 1] });
  },
  MaxPool: ({ g, inputs: { x }, attrs }) => {
    const info = poolInfo(x!.shape, attrs);
    return outputOf(g, g.add("MaxPool", [toNCHW(g, x!)], window(info)), info);
  },
  /** The gradient goes to the first largest element of each window, as in tfjs. */
  MaxPoolGrad: ({ g, inputs: { dy, input }, attrs }) =>
    toNHWC(g, g.add("MaxPoolGrad", [toNCHW(g, input!), toNCHW(g, dy!)], window(poolInfo(input!.shape, attrs)))),
  AvgPool: ({ g, inputs: { x }, attrs }) => {
    const info = poolInfo(x!.shape, attrs);
    return outputOf(g, g.add("AveragePool", [toNCHW(g, x!)], window(info)), info);
  },
  /**
   * dy of each window over its count of pixels, summed over the windows of a pixel. tfjs's own kernel divides by the
   * full window size even if padding cuts the window, unlike its forward pass. This kernel is the gradient of the
   * forward pass.
   */
  AvgPoolGrad: ({ g, inputs: { dy, input }, attrs }) => {
    const info = poolInfo(input!.shape, attrs);
    const { kernel, ...shape } = window(info);
    const counts = g.constant(windowCounts(info), { shape: [info.outHeight, info.outWidth, 1], dtype: "float32" });
    const share = toNCHW(g, g.add("Div", [dy!, counts]));
    const [N, C, H, W] = share.shape as [number, number, number, number];
    const [kh, kw] = kernel as [number, number];
    const ones = g.constant(new Float32Array(kh * kw).fill(1), { shape: [1, 1, kh, kw], dtype: "float32" });
    const planes = g.add("Reshape", [share], { shape: [N * C, 1, H, W] });
    const dx = g.add("ConvTranspose", [planes, ones], {
      ...shape,
      dilations: [1, 1],
      group: 1,
      outputPadding: unreachedSides(info),
    });
    return toNHWC(g, g.add("Reshape", [dx], { shape: [N, C, info.inHeight, info.inWidth] }));
  },
  FusedBatchNorm: ({ g, inputs: { x, mean, variance, offset, scale }, attrs: { varianceEpsilon } }) => {
    const filled = (value: number) => g.constant(new Float32Array(mean!.shape[0]!).fill(value), mean!);
    const operands = [toNCHW(g, x!), scale ?? filled(1), offset ?? filled(0), mean!, variance!];
    return toNHWC(g, g.add("BatchNorm", operands, { epsilon: varianceEpsilon }));
  },
  ResizeBilinear: ({ g, inputs: { images }, attrs: { size, alignCorners, halfPixelCenters } }) => {
    if (alignCorners) throw new Error("alignCorners true is not supported, wanted false");
    return toNHWC(g, g.add("Resize", [toNCHW(g, images!)], { size, mode: "linear", halfPixel: halfPixelCenters }));
  },
  ResizeNearestNeighbor: ({ g, inputs: { images }, attrs: { size, alignCorners, halfPixelCenters } }) => {
    if (alignCorners || halfPixelCenters) {
      throw new Error("alignCorners true and halfPixelCenters true are not supported, wanted both false");
    }
    return toNHWC(g, g.add("Resize", [toNCHW(g, images!)], { size, mode: "nearest", halfPixel: false }));
  },
};

const toNCHW = (g: GraphBuilder, x: Value) => g.add("Transpose", [x], { perm: [0, 3, 1, 2] });
const toNHWC = (g: GraphBuilder, x: Value) => g.add("Transpose", [x], { perm: [0, 2, 3, 1] });

/** tfjs's [H, W, C, M] as ONNX's [C M, 1, H, W], for C groups. */
function depthwiseFilter(g: GraphBuilder, filter: Value): Value {
  const [H, W, C, M] = filter.shape as Four;
  return g.add("Reshape", [g.add("Transpose", [filter], { perm: [2, 3, 0, 1] })], { shape: [C * M, 1, H, W] });
}

/** The output as NHWC. Throws if tfjs's output has a window that lies past the padding. */
function outputOf(g: GraphBuilder, y_NCHW: Value, { outHeight, outWidth }: ConvInfo): Value {
  const [, , H, W] = y_NCHW.shape;
  if (H !== outHeight || W !== outWidth) {
    throw new Error(`an output of ${outHeight} x ${outWidth} needs a window past the padding, and is not supported`);
  }
  return toNHWC(g, y_NCHW);
}

// biome-ignore lint/suspicious/noExplicitAny: tfjs's attributes, see KernelCall
function convInfo(x: readonly number[], filter: readonly number[], attrs: any): ConvInfo {
  const { strides, pad, dataFormat = "NHWC", dilations = 1, dimRoundingMode, depthwise = false } = attrs;
  if (dataFormat !== "NHWC") throw new Error(`dataFormat "${dataFormat}" is not supported, wanted "NHWC"`);
  const [xShape, filterShape] = [[...x] as Four, [...filter] as Four];
  if (filterShape[2] !== xShape[3]) {
    throw new Error(`filter of ${filterShape[2]} input channels on ${xShape[3]} channels: groups are not supported`);
  }
  return tf.backend_util.computeConv2DInfo(xShape, filterShape, strides, dilations, pad, dimRoundingMode, depthwise);
}
type Four = [number, number, number, number];

// biome-ignore lint/suspicious/noExplicitAny: tfjs's attributes, see KernelCall
const depthwiseInfo = (x: readonly number[], filter: readonly number[], attrs: any): ConvInfo =>
  convInfo(x, filter, { ...attrs, depthwise: true });

// biome-ignore lint/suspicious/noExplicitAny: tfjs's attributes, see KernelCall
function poolInfo(x: readonly number[], { filterSize, strides, pad, dimRoundingMode }: any): ConvInfo {
  return tf.backend_util.computePool2DInfo([...x] as Four, filterSize, strides, 1, pad, dimRoundingMode);
}

function geometry(info: ConvInfo) {
  const { top, left, bottom, right } = info.padInfo;
  return {
    strides: [info.strideHeight, info.strideWidth],
    pads: [top, left, bottom, right],
    dilations: [info.dilationHeight, info.dilationWidth],
    group: 1,
  };
}

function window(info: ConvInfo) {
  const { strides, pads } = geometry(info);
  return { kernel: [info.filterHeight, info.filterWidth], strides, pads };
}

/** Numbers of rows and of columns at the far edge that no window covers, because of the stride. */
function unreachedSides(info: ConvInfo): number[] {
  const { top, left, bottom, right } = info.padInfo;
  const rows = info.inHeight + top + bottom - info.effectiveFilterHeight;
  const columns = info.inWidth + left + right - info.effectiveFilterWidth;
  return [rows - (info.outHeight - 1) * info.strideHeight, columns - (info.outWidth - 1) * info.strideWidth];
}

/** [H, W] of the output: the number of pixels of each window that lie in the image. */
function windowCounts(info: ConvInfo): Float32Array {
  const pixelsInside = (n: number, out: number, stride: number, size: number, before: number) =>
    Array.from({ length: out }, (_, i) => Math.min(i * stride - before + size, n) - Math.max(i * stride - before, 0));
  const rows = pixelsInside(info.inHeight, info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top);
  const columns = pixelsInside(info.inWidth, info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left);
  return Float32Array.from(rows.flatMap((r) => columns.map((c) => r * c)));
}
