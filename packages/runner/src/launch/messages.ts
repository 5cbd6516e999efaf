// What a cell's process and the grid that started it send each other over Node's IPC channel. Stdout and stderr carry no data: a
// plug-in may print what it likes.

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

/** From a grid to a cell: stop at the next safe place and exit with this code. */
export interface StopMessage {
  readonly kind: "stop";
  readonly code: number;
}

/** A message as it was received; undefined for anything else, which a plug-in may have sent. */
export const asCellMessage = (received: unknown): CellMessage | undefined => messageSchema.safeParse(received).data;

export const isStop = (received: unknown): received is StopMessage =>
  typeof received === "object" &&
  (received as StopMessage | null)?.kind === "stop" &&
  Number.isInteger((received as StopMessage).code);
