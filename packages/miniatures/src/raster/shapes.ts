// Shapes as signed distance functions: negative inside, zero on the edge, positive outside. Shapes marked "approximate"
// have correct values only near the edge, where filling needs them. Source of the formulas for ellipse and polygon:
// Inigo Quilez, https://iquilezles.org/articles/distfunctions2d/.

import { atan2, clamp } from "./elementary.ts";
import type { Field } from "./noise.ts";

export interface Shape {
  /** A bounding box, from (x0, y0) to (x1, y1). */
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  distance(x: number, y: number): number;
}

/** Stands for infinity in the bounds of unbounded shapes. */
const FAR = 1e3;

export type Point = readonly [number, number];

/** Points from a flat list of x, y, x, y, … */
export function toPoints(xy: readonly number[]): Point[] {
  const points: Point[] = [];
  for (let i = 0; i + 1 < xy.length; i += 2) points.push([xy[i]!, xy[i + 1]!]);
  return points;
}

export function circle(cx: number, cy: number, radius: number): Shape {
  return shape(cx - radius, cy - radius, cx + radius, cy + radius, (x, y) => {
    const u = x - cx;
    const v = y - cy;
    return Math.sqrt(u * u + v * v) - radius;
  });
}

/** Approximate: exact to first order in the distance from the edge. */
export function ellipse(cx: number, cy: number, rx: number, ry: number): Shape {
  const centre = -Math.min(rx, ry);
  return shape(cx - rx, cy - ry, cx + rx, cy + ry, (x, y) => {
    const u = (x - cx) / rx;
    const v = (y - cy) / ry;
    const k0 = Math.sqrt(u * u + v * v);
    const p = u / rx;
    const q = v / ry;
    const k1 = Math.sqrt(p * p + q * q);
    return k1 === 0 ? centre : (k0 * (k0 - 1)) / k1;
  });
}

/** A box of half-width w and half-height h, including its rounded corners of radius `round`. */
export function box(cx: number, cy: number, w: number, h: number, round = 0): Shape {
  return shape(cx - w, cy - h, cx + w, cy + h, (x, y) => {
    const u = Math.abs(x - cx) - w + round;
    const v = Math.abs(y - cy) - h + round;
    const ou = Math.max(u, 0);
    const ov = Math.max(v, 0);
    return Math.min(Math.max(u, v), 0) + Math.sqrt(ou * ou + ov * ov) - round;
  });
}

/** A line from (ax, ay) to (bx, by) with half-width ra at its start and rb at its end. Approximate if these differ. */
export function line(ax: number, ay: number, bx: number, by: number, ra: number, rb = ra): Shape {
  const ex = bx - ax;
  const ey = by - ay;
  const k = 1 / (ex * ex + ey * ey + 1e-12);
  const r = Math.max(ra, rb);
  return shape(Math.min(ax, bx) - r, Math.min(ay, by) - r, Math.max(ax, bx) + r, Math.max(ay, by) + r, (x, y) => {
    const u = x - ax;
    const v = y - ay;
    const t = clamp((u * ex + v * ey) * k);
    const p = u - ex * t;
    const q = v - ey * t;
    return Math.sqrt(p * p + q * q) - (ra + (rb - ra) * t);
  });
}

/** A polygon, enlarged by `round` with round corners. */
export function polygon(points: readonly Point[], round = 0): Shape {
  const n = points.length;
  const edges = new Float64Array(n * 5); // start x, y; edge vector x, y; 1 / squared length
  const bounds = [1e9, 1e9, -1e9, -1e9] as [number, number, number, number];
  for (let i = 0; i < n; i++) {
    const [ax, ay] = points[i]!;
    const [bx, by] = points[(i + 1) % n]!;
    const ex = bx - ax;
    const ey = by - ay;
    edges.set([ax, ay, ex, ey, 1 / (ex * ex + ey * ey + 1e-12)], i * 5);
    bounds[0] = Math.min(bounds[0], ax);
    bounds[1] = Math.min(bounds[1], ay);
    bounds[2] = Math.max(bounds[2], ax);
    bounds[3] = Math.max(bounds[3], ay);
  }
  return shape(bounds[0] - round, bounds[1] - round, bounds[2] + round, bounds[3] + round, (x, y) => {
    let nearest = 1e18;
    let inside = false;
    for (let i = 0; i < edges.length; i += 5) {
      const u = x - edges[i]!;
      const v = y - edges[i + 1]!;
      const ex = edges[i + 2]!;
      const ey = edges[i + 3]!;
      const t = clamp((u * ex + v * ey) * edges[i + 4]!);
      const p = u - ex * t;
      const q = v - ey * t;
      const d = p * p + q * q;
      if (d < nearest) nearest = d;
      if (v >= 0 !== v - ey >= 0 && u * ey - v * ex > 0 === ey > 0) inside = !inside;
    }
    const d = Math.sqrt(nearest);
    return (inside ? -d : d) - round;
  });
}

/** A polyline whose half-width changes from `start` to `end`. */
export function stroke(points: readonly Point[], start: number, end = start): Shape {
  const parts: Shape[] = [];
  const last = points.length - 1;
  for (let i = 0; i < last; i++) {
    const [ax, ay] = points[i]!;
    const [bx, by] = points[i + 1]!;
    const at = (k: number): number => start + ((end - start) * k) / last;
    parts.push(line(ax, ay, bx, by, at(i), at(i + 1)));
  }
  return union(...parts);
}

/** `pieces` + 1 points of the quadratic Bézier curve from a to b with control point c. */
export function curve(a: Point, c: Point, b: Point, pieces = 6): Point[] {
  const points: Point[] = [];
  for (let i = 0; i <= pieces; i++) {
    const t = i / pieces;
    const s = 1 - t;
    points.push([s * s * a[0] + 2 * s * t * c[0] + t * t * b[0], s * s * a[1] + 2 * s * t * c[1] + t * t * b[1]]);
  }
  return points;
}

/** A shape around (cx, cy) whose radius depends on the angle. `largest` bounds the radius. Approximate. */
export function radialShape(cx: number, cy: number, largest: number, radius: (angle: number) => number): Shape {
  return shape(cx - largest, cy - largest, cx + largest, cy + largest, (x, y) => {
    const u = x - cx;
    const v = y - cy;
    return (Math.sqrt(u * u + v * v) - radius(atan2(v, u))) * 0.85;
  });
}

/** The area below y = height(x). Approximate: correct for gentle slopes. */
export function areaBelow(height: (x: number) => number): Shape {
  return shape(-FAR, -FAR, FAR, FAR, (x, y) => (height(x) - y) * 0.8);
}

/** The half plane behind the line through (px, py) with the unit normal (nx, ny), which points outside. */
export function halfPlane(px: number, py: number, nx: number, ny: number): Shape {
  return shape(-FAR, -FAR, FAR, FAR, (x, y) => (x - px) * nx + (y - py) * ny);
}

/** The whole plane. */
export const wholePlane: Shape = halfPlane(0, 1e6, 0, 1);

export function union(...parts: readonly Shape[]): Shape {
  const n = parts.length;
  const lowest = (f: (s: Shape) => number): number => parts.reduce((m, s) => Math.min(m, f(s)), 1e9);
  const highest = (f: (s: Shape) => number): number => parts.reduce((m, s) => Math.max(m, f(s)), -1e9);
  return shape(
    lowest((s) => s.x0),
    lowest((s) => s.y0),
    highest((s) => s.x1),
    highest((s) => s.y1),
    (x, y) => {
      let d = 1e9;
      for (let i = 0; i < n; i++) {
        const e = parts[i]!.distance(x, y);
        if (e < d) d = e;
      }
      return d;
    },
  );
}

/** The union of two shapes with a fillet of about k where they meet (polynomial smooth minimum). */
export function smoothUnion(a: Shape, b: Shape, k: number): Shape {
  return shape(Math.min(a.x0, b.x0), Math.min(a.y0, b.y0), Math.max(a.x1, b.x1), Math.max(a.y1, b.y1), (x, y) => {
    const d = a.distance(x, y);
    const e = b.distance(x, y);
    const h = Math.max(k - Math.abs(d - e), 0) / k;
    return Math.min(d, e) - 0.25 * h * h * k;
  });
}

/** The first shape without the second. */
export function difference(a: Shape, b: Shape): Shape {
  return shape(a.x0, a.y0, a.x1, a.y1, (x, y) => Math.max(a.distance(x, y), -b.distance(x, y)));
}

/** The intersection of two shapes. */
export function intersection(a: Shape, b: Shape): Shape {
  return shape(Math.max(a.x0, b.x0), Math.max(a.y0, b.y0), Math.min(a.x1, b.x1), Math.min(a.y1, b.y1), (x, y) =>
    Math.max(a.distance(x, y), b.distance(x, y)),
  );
}

/** The shape enlarged by `amount` on all sides; a negative amount shrinks it. */
export function offsetShape(a: Shape, amount: number): Shape {
  const m = Math.max(amount, 0);
  return shape(a.x0 - m, a.y0 - m, a.x1 + m, a.y1 + m, (x, y) => a.distance(x, y) - amount);
}

/** The outline of the shape with half-width `width`. */
export function outline(a: Shape, width: number): Shape {
  return shape(a.x0 - width, a.y0 - width, a.x1 + width, a.y1 + width, (x, y) => Math.abs(a.distance(x, y)) - width);
}

/** The shape with its edge displaced by field * amount. */
export function roughShape(a: Shape, field: Field, amount: number): Shape {
  return shape(
    a.x0 - amount,
    a.y0 - amount,
    a.x1 + amount,
    a.y1 + amount,
    (x, y) => a.distance(x, y) + amount * field(x, y),
  );
}

function shape(x0: number, y0: number, x1: number, y1: number, distance: (x: number, y: number) => number): Shape {
  return { x0, y0, x1, y1, distance };
}
