// The gallery: real images, the base model's samples, and each method's samples below each other.

import { data } from "./data.js";
import { byId, element, fillSelect, scrollable } from "./dom.js";

export function startGallery() {
  const { gallery } = data;
  const strips = byId("strips", HTMLElement);
  if (gallery.samples.length === 0) {
    const tools = byId("gallery-dataset", HTMLElement).closest(".tools");
    tools?.previousElementSibling?.remove();
    tools?.remove();
    strips.append(
      element("p", {}, ["These runs kept no images beside their records. Runs of this version keep a strip of them."]),
    );
    return;
  }
  const datasets = [...new Set(gallery.samples.map(({ dataset }) => dataset))];
  const dataset = fillSelect("gallery-dataset", []);
  dataset.append(...datasets.map((index) => element("option", { value: String(index) }, [data.datasets[index] ?? ""])));
  const seed = fillSelect("gallery-seed", []);
  const fillSeeds = () => {
    const chosen = seed.value;
    const seeds = [...new Set(samplesOf(Number(dataset.value)).map((sample) => sample.seed))].sort((a, b) => a - b);
    seed.replaceChildren(...seeds.map((number) => element("option", { value: String(number) }, [String(number)])));
    if (seeds.includes(Number(chosen)) && chosen !== "") seed.value = chosen;
  };
  const show = () => strips.replaceChildren(...stripsOf(Number(dataset.value), Number(seed.value)));
  dataset.addEventListener("change", () => {
    fillSeeds();
    show();
  });
  seed.addEventListener("change", show);
  fillSeeds();
  show();
}

/** @param {number} dataset */
const samplesOf = (dataset) => data.gallery.samples.filter((sample) => sample.dataset === dataset);

/** @param {number} dataset @param {number} seed */
function stripsOf(dataset, seed) {
  const { gallery } = data;
  const classes = gallery.columns.find((columns) => columns.dataset === dataset)?.classes ?? [];
  const names = classes.join(", ");
  const real = gallery.real.find((one) => one.dataset === dataset);
  const bases = gallery.base
    .filter((one) => one.dataset === dataset && one.seed === seed)
    .sort((a, b) => (a.label < b.label ? -1 : 1)); // the base model itself, then its variants
  const rows = [
    ...(real === undefined ? [] : [stripRow("Real images", names, real.image, "row-reference")]),
    ...bases.map(({ label, image }) =>
      stripRow(label, gallery.baseHasClasses ? names : "no classes", image, "row-reference"),
    ),
    ...samplesOf(dataset)
      .filter((sample) => sample.seed === seed)
      .map(({ method, image }) => stripRow(data.methods[method]?.label ?? "", names, image, "")),
  ];
  const order = `Classes from left to right: ${[...new Set(classes)].join(", ")}.`;
  const table = element("table", { class: "strips" }, [element("tbody", {}, rows)]);
  return [element("p", { class: "quiet" }, [order]), scrollable("Images of each method", table)];
}

/** @param {string} title @param {string} names @param {number} image @param {string} className */
function stripRow(title, names, image, className) {
  const strip = element("img", { src: data.gallery.images[image] ?? "", alt: `${title}: ${names}` });
  return element("tr", { class: className }, [element("th", { scope: "row" }, [title]), element("td", {}, [strip])]);
}
