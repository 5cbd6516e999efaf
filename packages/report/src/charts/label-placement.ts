// Places the labels of a scatter plot so that no label covers another label, a point or the edge of the plot.
// Coordinates are pixels, y downwards.

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Anchor {
  x: number;
  y: number;
  /** Smallest gap between the label and the point's centre. */
  radius: number;
  /** Size of the label. */
  width: number;
  height: number;
}

/**
 * One box per anchor for its label: near its point, within `bounds`, clear of the other labels and of `obstacles`.
 * Local search over a fixed set of positions, started once per anchor; deterministic. If no solution without overlap is
 * found, returns the one with the least.
 */
export function placeLabels(anchors: readonly Anchor[], obstacles: readonly Box[], bounds: Box): Box[] {
  const places = anchors.map((anchor) => findPlaces(anchor, obstacles, bounds));
  let best: Choice = { picks: [], cost: Number.POSITIVE_INFINITY };
  for (let first = 0; first < Math.max(1, anchors.length); first++) {
    const order = anchors.map((_, index) => (first + index) % anchors.length);
    const choice = improvePlacement(places, order);
    if (choice.cost < best.cost) best = choice;
  }
  return best.picks.map((pick, index) => places[index]![pick]!.box);
}

/** Area of the intersection of two boxes. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

interface Place {
  box: Box;
  /** The part of the cost that does not depend on the other labels. */
  cost: number;
}

interface Choice {
  /** Index of the chosen place of each label. */
  picks: number[];
  cost: number;
}

// Weights: a covered pixel must outweigh any offset, so that labels overlap only where every other position does.
const coverCost = 50;
const offsetCost = 1;
const sideCost = 3; // right of the point reads best, then left, then above and below
const margin = 2; // pixels between a label and anything else

const directions = 16;
const offsets = [0, 5, 11, 18, 26, 36, 48, 62, 80, 105, 135];

function findPlaces(anchor: Anchor, obstacles: readonly Box[], bounds: Box): Place[] {
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

/** Clamps a scaled direction to [-1, 1], so that labels left and right of a point are centred on its height. */
function clampDirection(component: number): number {
  return Math.max(-1, Math.min(1, component * Math.SQRT2));
}

/** Moves one label at a time to its cheapest position until no move lowers the cost. */
function improvePlacement(places: readonly Place[][], order: readonly number[]): Choice {
  const picks = places.map(() => -1);
  const costOf = (label: number, pick: number) => {
    const { box, cost } = places[label]![pick]!;
    const paddedBox = addMargin(box);
    return picks.reduce((sum, other, index) => {
      if (other < 0 || index === label) return sum;
      return sum + coverCost * overlap(paddedBox, addMargin(places[index]![other]!.box));
    }, cost);
  };
  for (let round = 0; round < 30; round++) {
    let changed = false;
    for (const label of order) {
      let best = picks[label]!;
      let bestCost = best < 0 ? Number.POSITIVE_INFINITY : costOf(label, best);
      for (let pick = 0; pick < places[label]!.length; pick++) {
        const cost = costOf(label, pick);
        if (cost < bestCost) [best, bestCost] = [pick, cost];
      }
      if (best !== picks[label]) {
        picks[label] = best;
        changed = true;
      }
    }
    if (!changed) break;
  }
  return { picks, cost: picks.reduce((sum, pick, label) => sum + costOf(label, pick), 0) };
}

function addMargin(box: Box): Box {
  return { left: box.left - margin, top: box.top - margin, right: box.right + margin, bottom: box.bottom + margin };
}
