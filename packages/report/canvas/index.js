// @napi-rs/canvas behind the interface of the package `canvas`. Its own compatibility layer does this for pictures; SVG
// canvases are added here: they come from it without `toBuffer`, and with text that looks different on every machine.
const { createCanvas: createNative, SvgExportFlag } = require("@napi-rs/canvas");
const nodeCanvas = require("@napi-rs/canvas/node-canvas");

const svgType = "image/svg+xml";

function createCanvas(width, height, type) {
  return type === "svg" ? createSvgCanvas(width, height) : nodeCanvas.createCanvas(width, height, type);
}

/** An SVG canvas with node-canvas's `toBuffer(type?)` and `toBuffer(callback, type?)`; text becomes paths. */
function createSvgCanvas(width, height) {
  const canvas = createNative(width, height, SvgExportFlag.ConvertTextToPaths);
  let content; // getContent() ends the drawing: asked a second time, it gives an empty picture
  const toSvg = (type = svgType) => {
    if (type !== svgType) throw new TypeError(`cannot encode an SVG canvas as "${type}": wanted "${svgType}"`);
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

/** Ids count on from one canvas of the process to the next (`cl_3`, `cl_4` …); numbered anew, equal drawings are equal bytes. */
function renumberIds(svg) {
  const numbered = new Map();
  for (const [, id, kind] of svg.matchAll(/ id="(([a-z]+)_[0-9a-f]+)"/g)) numbered.set(id, `${kind}_${numbered.size}`);
  return svg.replace(/( id="|#)([a-z]+_[0-9a-f]+)(?=[")])/g, (whole, before, id) => {
    return numbered.has(id) ? before + numbered.get(id) : whole;
  });
}

module.exports = { ...nodeCanvas, createCanvas };
