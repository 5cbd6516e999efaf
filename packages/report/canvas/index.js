// The interface of the package `canvas`, implemented with @napi-rs/canvas. The compatibility layer of @napi-rs/canvas
// covers raster canvases. This file adds SVG canvases: the layer gives them no `toBuffer`, and text in a machine's
// fonts.
const { createCanvas: createNative, SvgExportFlag } = require("@napi-rs/canvas");
const nodeCanvas = require("@napi-rs/canvas/node-canvas");

const svgType = "image/svg+xml";

function createCanvas(width, height, type) {
  return type === "svg" ? createSvgCanvas(width, height) : nodeCanvas.createCanvas(width, height, type);
}

/** An SVG canvas with node-canvas's `toBuffer(type?)` and `toBuffer(callback, type?)`; text becomes paths. */
function createSvgCanvas(width, height) {
  const canvas = createNative(width, height, SvgExportFlag.ConvertTextToPaths);
  let content; // getContent() finishes the drawing; a second call returns an empty image
  const toSvg = (type = svgType) => {
    if (type !== svgType) throw new TypeError(`cannot encode an SVG canvas as "${type}": expected "${svgType}"`);
    content ??= Buffer.from(renumberIds(canvas.getContent().toString("utf8")));
    return content;
  };
  canvas.toBuffer = (typeOrCallback, type) => {
    if (typeof typeOrCallback !== "function") return toSvg(typeOrCallback);
    let buffer;
    try {
      buffer = toSvg(type);
    } catch (error) {
      setImmediate(typeOrCallback, error);
      return;
    }
    setImmediate(typeOrCallback, null, buffer);
  };
  return canvas;
}

/**
 * Numbers the ids of an SVG from zero. The native canvas continues its numbers across the canvases of a process
 * (`cl_3`, `cl_4` …), so equal drawings would not be equal bytes.
 */
function renumberIds(svg) {
  const numbered = new Map();
  for (const [, id, kind] of svg.matchAll(/ id="(([a-z]+)_[0-9a-f]+)"/g)) numbered.set(id, `${kind}_${numbered.size}`);
  return svg.replace(/( id="|#)([a-z]+_[0-9a-f]+)(?=[")])/g, (whole, before, id) => {
    return numbered.has(id) ? before + numbered.get(id) : whole;
  });
}

module.exports = { ...nodeCanvas, createCanvas };
