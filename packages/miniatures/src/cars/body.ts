// Draws the body of a car from its profile, in perspective.

import { type Brush, placeBrush } from "../raster/canvas.ts";
import { type Color, mix, scaleColor } from "../raster/color.ts";
import { clamp, cos, sin } from "../raster/elementary.ts";
import { fillFlat, fillSoft, linearGradient } from "../raster/paint.ts";
import { circle, line, type Point, polygon } from "../raster/shapes.ts";

/** A corner of the profile: x forwards, y upwards, half the width of the car there, and the part that starts there. */
export interface Corner {
  readonly x: number;
  readonly y: number;
  readonly half: number;
  readonly part: "paint" | "glass" | "grille" | "tail" | "none" | "seats" | "bed";
}

export interface Body {
  /** Corners from the bottom of the nose over the roof to the bottom of the tail. */
  readonly profile: readonly Corner[];
  /** Side windows, as polygons of (x, y). */
  readonly windows: readonly (readonly Point[])[];
  /** The x of the centres of the wheels, and their radius. */
  readonly wheels: readonly [number, number];
  readonly radius: number;
  /** Half the width of the car at its waist. */
  readonly half: number;
}

export interface View {
  /** Rotation about the vertical, in radians: 0 is the side view, positive shows the nose, negative the tail. */
  readonly yaw: number;
  readonly pitch: number;
}

/**
 * Draws a car on y = 0; a local unit is about half its length. `windscreen` is the height of the windscreen of a car
 * without a roof.
 */
export function drawCar(
  b: Brush,
  body: Body,
  view: View,
  paint: Color,
  glass: Color,
  rim: Color,
  windscreen?: number,
): void {
  const u = cos(view.yaw);
  const v = sin(view.yaw);
  const p = sin(view.pitch);
  /** Projects local coordinates (x forwards, y upwards, z towards the viewer) to the canvas. */
  const project = (x: number, y: number, z: number): Point => {
    const perspective = 1 + 0.09 * (z * u + x * v);
    return [(x * u - z * v) * perspective, (-y + (z * u + x * v) * p) * perspective];
  };
  const { profile, half } = body;
  drawShadowOf(b, body, project);
  const sideLight = 0.86 + 0.2 * b.light.z - 0.1 * v;
  // The surfaces across the car: each edge of the profile extended over its width, from back to front.
  const walls = profile.slice(0, -1).map((corner, i) => ({ a: corner, c: profile[i + 1]! }));
  const farthestFirst = v >= 0 ? [...walls].reverse() : walls;
  drawWheel(b, project, body, body.wheels[0], -1, rim);
  drawWheel(b, project, body, body.wheels[1], -1, rim);
  for (const { a, c } of farthestFirst) {
    if (a.part === "none") continue;
    const quad = [
      project(a.x, a.y, a.half),
      project(c.x, c.y, c.half),
      project(c.x, c.y, -c.half),
      project(a.x, a.y, -a.half),
    ];
    if (signedArea(quad) <= 0) continue;
    const dx = c.x - a.x;
    const dy = c.y - a.y;
    const length = Math.sqrt(dx * dx + dy * dy) || 1;
    const up = -dx / length; // 1 for a surface that faces the sky
    const front = dy / length;
    const k = 0.62 + 0.5 * clamp(up) + 0.14 * front * (b.light.x > 0 === v > 0 ? 1 : 0);
    const tone =
      a.part === "glass"
        ? mix(glass, [0.8, 0.9, 1], 0.25 + 0.2 * clamp(up))
        : a.part === "seats"
          ? ([0.2, 0.15, 0.13] as const)
          : a.part === "bed"
            ? scaleColor(paint, 0.35)
            : scaleColor(paint, k);
    fillFlat(b, polygon(quad, 0.012), tone);
    if (a.part === "grille" || a.part === "tail") drawLamps(b, project, a, c, paint);
  }
  if (windscreen !== undefined) drawCockpit(b, project, half, windscreen);
  // The side that faces the viewer.
  const outlinePoints = profile.map((q) => project(q.x, q.y, q.half));
  const sill = project(0, 0.12, half)[1];
  const shoulder = project(0, 0.85, half)[1];
  const skin = linearGradient(
    0,
    shoulder,
    scaleColor(paint, sideLight * 1.12),
    0,
    sill,
    scaleColor(paint, sideLight * 0.62),
  );
  fillFlat(b, polygon(outlinePoints, 0.02), skin);
  const waist = project(0, 0.44, half)[1];
  fillSoft(
    b,
    line(outlinePoints[0]![0] + 0.06, waist, outlinePoints[outlinePoints.length - 1]![0] - 0.06, waist, 0.012),
    mix(paint, [1, 1, 1], 0.7),
    0.04,
    0.6,
  );
  for (const pane of body.windows) {
    const points = pane.map(([x, y]) => project(x, y, half * 0.86));
    const top = Math.min(...points.map((q) => q[1]));
    fillFlat(
      b,
      polygon(points, 0.012),
      linearGradient(0, top, mix(glass, [0.85, 0.93, 1], 0.55), 0, top + 0.28, glass),
    );
  }
  drawWheel(b, project, body, body.wheels[0], 1, rim);
  drawWheel(b, project, body, body.wheels[1], 1, rim);
}

type Project = (x: number, y: number, z: number) => Point;

function drawShadowOf(b: Brush, body: Body, project: Project): void {
  const first = body.profile[0]!;
  const last = body.profile[body.profile.length - 1]!;
  const corners = [
    project(first.x, 0, body.half),
    project(first.x, 0, -body.half),
    project(last.x, 0, -body.half),
    project(last.x, 0, body.half),
  ];
  fillSoft(b, polygon(corners, 0.03), [0.03, 0.03, 0.05], 0.16, 0.75);
}

/** Draws the seats, steering wheel and windscreen of a car without a roof. */
function drawCockpit(b: Brush, project: Project, half: number, waist: number): void {
  for (const z of [-0.5, 0.45])
    for (const x of [-0.12, -0.42])
      fillFlat(
        b,
        polygon(
          [
            project(x, 0.5, half * (z - 0.3)),
            project(x - 0.05, 0.7, half * (z - 0.26)),
            project(x - 0.05, 0.7, half * (z + 0.26)),
            project(x, 0.5, half * (z + 0.3)),
            project(x + 0.12, 0.5, half * (z + 0.3)),
          ],
          0.03,
        ),
        [0.35, 0.24, 0.18],
      );
  const pane = [
    project(0.36, 0.52, half * 0.95),
    project(0.16, waist, half * 0.84),
    project(0.16, waist, -half * 0.84),
    project(0.36, 0.52, -half * 0.95),
  ];
  fillFlat(b, polygon(pane, 0.01), [0.75, 0.86, 0.92], 0.45);
  for (let k = 0; k < 3; k++)
    fillFlat(b, line(pane[k]![0], pane[k]![1], pane[k + 1]![0], pane[k + 1]![1], 0.022), [0.12, 0.12, 0.14]);
}

function drawWheel(b: Brush, project: Project, body: Body, x: number, z: number, rim: Color): void {
  const r = body.radius;
  const [cx, cy] = project(x, r, body.half * z);
  const [ex] = project(x + r, r, body.half * z);
  const [, ty] = project(x, r * 2, body.half * z);
  const squash = Math.max(0.25, Math.abs(ex - cx) / r);
  const aspect = Math.abs(ty - cy) / r;
  const w = placeBrush(b, cx, cy, r, 0, squash, aspect);
  if (z > 0) fillFlat(w, circle(0, -0.12, 1.22), [0.03, 0.03, 0.04]);
  fillFlat(w, circle(0, 0, 1), [0.07, 0.07, 0.08]);
  if (z < 0) return;
  fillFlat(w, circle(0, 0, 0.6), rim);
  fillFlat(w, circle(0, 0, 0.46), scaleColor(rim, 0.6));
  for (let k = 0; k < 5; k++) fillFlat(w, line(0, 0, cos(k * 1.2566) * 0.5, sin(k * 1.2566) * 0.5, 0.1), rim);
}

function drawLamps(b: Brush, project: Project, a: Corner, c: Corner, paint: Color): void {
  const place = (t: number, z: number): Point => project(a.x + (c.x - a.x) * t, a.y + (c.y - a.y) * t, z * a.half);
  const front = a.part === "grille";
  const panel = (z0: number, z1: number, t0: number, t1: number, color: Color): void =>
    fillFlat(b, polygon([place(t0, z0), place(t1, z0), place(t1, z1), place(t0, z1)], 0.01), color);
  panel(-0.5, 0.5, front ? 0.45 : 0.5, front ? 0.9 : 0.8, front ? [0.08, 0.08, 0.09] : scaleColor(paint, 0.6));
  panel(-0.9, 0.9, 0.02, 0.2, [0.12, 0.12, 0.13]);
  for (const s of [-1, 1]) panel(s * 0.95, s * 0.6, 0.55, 0.95, front ? [1, 0.98, 0.88] : [0.85, 0.08, 0.08]);
}

/** Twice the signed area of a projected surface, which is positive if it faces the viewer. */
function signedArea(q: readonly Point[]): number {
  let area = 0;
  for (let i = 0; i < q.length; i++) {
    const [x0, y0] = q[i]!;
    const [x1, y1] = q[(i + 1) % q.length]!;
    area += x0 * y1 - x1 * y0;
  }
  return area;
}
