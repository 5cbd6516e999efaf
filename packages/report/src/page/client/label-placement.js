// Places the labels of a scatter plot so that no label covers another label, a point or the edge of the plot: for the
// chart file and for the page. Coordinates are pixels, y downwards.

/**
 * @typedef {object} Box
 * @property {number} left
 * @property {number} top
 * @property {number} right
 * @property {number} bottom
 */
/**
 * @typedef {object} Anchor
 * @property {number} x
 * @property {number} y
 * @property {number} radius smallest gap between the label and the point's centre
 * @property {number} width of the label
 * @property {number} height of the label
 */
/**
 * @typedef {object} Place
 * @property {Box} box
 * @property {number} cost the part of the cost that does not depend on the other labels
 */
/**
 * @typedef {object} Choice
 * @property {number[]} picks index of the chosen place of each label
 * @property {number} cost
 */

/**
 * One box per anchor for its label: near its point, within `bounds`, clear of the other labels and of `obstacles`.
 * Local search over a fixed set of positions, started once per anchor; deterministic. If no solution without overlap is
 * found, returns the one with the least.
 *
 * @param {readonly Anchor[]} anchors
 * @param {readonly Box[]} obstacles
 * @param {Box} bounds
 * @returns {Box[]}
 */
export function placeLabels(anchors, obstacles, bounds) {
  const places = anchors.map((anchor) => findPlaces(anchor, obstacles, bounds));
  /** @type {Choice} */
  let best = { picks: [], cost: Number.POSITIVE_INFINITY };
  for (let first = 0; first < Math.max(1, anchors.length); first++) {
    const order = anchors.map((_, index) => (first + index) % anchors.length);
    const choice = improvePlacement(places, order);
    if (choice.cost < best.cost) best = choice;
  }
  return best.picks.map((pick, index) => placeOf(places, index, pick).box);
}

/**
 * Area of the intersection of two boxes.
 *
 * @param {Box} a
 * @param {Box} b
 */
export function overlap(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

// Weights: a covered pixel must outweigh any offset, so that labels overlap only where every other position does.
const coverCost = 50;
const offsetCost = 1;
const sideCost = 3; // right of the point reads best, then left, then above and below
const margin = 2; // pixels between a label and anything else

const directions = 16;
const offsets = [0, 5, 11, 18, 26, 36, 48, 62, 80, 105, 135];

/**
 * @param {Anchor} anchor
 * @param {readonly Box[]} obstacles
 * @param {Box} bounds
 * @returns {Place[]}
 */
function findPlaces(anchor, obstacles, bounds) {
  return offsets.flatMap((offset) =>
    Array.from({ length: directions }, (_, direction) => {
      const angle = (2 * Math.PI * direction) / directions;
      const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
      // The label's centre is on a rounded rectangle around the point, so that its edge keeps the offset.
      const reach = anchor.radius + offset;
      const x = anchor.x + dx * reach + clampDirection(dx) * (anchor.width / 2);
      const y = anchor.y + dy * reach + clampDirection(dy) * (anchor.height / 2);
      const box = {
        left: x - anchor.width / 2,
        top: y - anchor.height / 2,
        right: x + anchor.width / 2,
        bottom: y + anchor.height / 2,
      };
      const outsideArea = anchor.width * anchor.height - overlap(box, bounds);
      const coveredArea = obstacles.reduce((sum, obstacle) => sum + overlap(addMargin(box), obstacle), outsideArea);
      const side = sideCost * (1 - dx) + sideCost * Math.abs(dy);
      return { box, cost: coverCost * coveredArea + offsetCost * offset + side };
    }),
  );
}

/**
 * Clamps a scaled direction to [-1, 1], so that labels left and right of a point are centred on its height.
 *
 * @param {number} component
 */
function clampDirection(component) {
  return Math.max(-1, Math.min(1, component * Math.SQRT2));
}

/**
 * Moves one label at a time to its cheapest position until no move lowers the cost.
 *
 * @param {readonly Place[][]} places
 * @param {readonly number[]} order
 * @returns {Choice}
 */
function improvePlacement(places, order) {
  const picks = places.map(() => -1);
  const costOf = (/** @type {number} */ label, /** @type {number} */ pick) => {
    const { box, cost } = placeOf(places, label, pick);
    const paddedBox = addMargin(box);
    return picks.reduce((sum, other, index) => {
      if (other < 0 || index === label) return sum;
      return sum + coverCost * overlap(paddedBox, addMargin(placeOf(places, index, other).box));
    }, cost);
  };
  for (let round = 0; round < 30; round++) {
    let changed = false;
    for (const label of order) {
      const before = picks[label] ?? -1;
      let best = before;
      let bestCost = best < 0 ? Number.POSITIVE_INFINITY : costOf(label, best);
      for (let pick = 0; pick < directions * offsets.length; pick++) {
        const cost = costOf(label, pick);
        if (cost < bestCost) [best, bestCost] = [pick, cost];
      }
      if (best !== before) {
        picks[label] = best;
        changed = true;
      }
    }
    if (!changed) break;
  }
  return { picks, cost: picks.reduce((sum, pick, label) => sum + costOf(label, pick), 0) };
}

/**
 * @param {readonly Place[][]} places
 * @param {number} label
 * @param {number} pick
 */
function placeOf(places, label, pick) {
  return /** @type {Place} */ (places[label]?.[pick]);
}

/** @param {Box} box @returns {Box} */
function addMargin(box) {
  return { left: box.left - margin, top: box.top - margin, right: box.right + margin, bottom: box.bottom + margin };
}
