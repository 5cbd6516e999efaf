// The messages between a cell's process and the grid that started it. Stdout and stderr carry no data, because plug-ins
// may print anything.

import { z } from "zod";

const text = z.string();
const count = z.number().nonnegative();

const messageSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("stage"), name: text, detail: text.optional() }),
  z.strictObject({ kind: z.literal("progress"), done: count, total: count, note: text.optional() }),
  /** The last message of a cell that has its record. */
  z.strictObject({ kind: z.literal("finished"), recordPath: text, already: z.boolean() }),
  /** The last message of a process that ends with an error. */
  z.strictObject({ kind: z.literal("failed"), message: text, exitCode: z.int() }),
  /** The result of the grid's preparation. */
  z.strictObject({ kind: z.literal("prepared"), plan: z.unknown() }),
]);

/** From a cell to its grid. */
export type CellMessage = z.infer<typeof messageSchema>;

/** From a grid to a cell: stop where the cell can resume later, and exit with this code. */
export interface StopMessage {
  readonly kind: "stop";
  readonly code: number;
}

/** A received value as a message; undefined for other values, which a plug-in may have sent. */
export const asCellMessage = (received: unknown): CellMessage | undefined => messageSchema.safeParse(received).data;

/** True if a received value is a request to stop. */
export const isStop = (received: unknown): received is StopMessage =>
  typeof received === "object" &&
  (received as StopMessage | null)?.kind === "stop" &&
  Number.isInteger((received as StopMessage).code);
