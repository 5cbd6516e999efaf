/** What a long piece of work tells whoever started it. Nothing here prints. */
export interface Listener {
  /** A stage begins; `detail` says what about it is worth knowing. */
  stage?(name: string, detail?: string): void;
  /** `done` of `total` units of the present stage; `note` is the latest figure, such as the loss. */
  progress?(done: number, total: number, note?: string): void;
  /** Something a person should know, such as a skipped file. */
  note?(text: string): void;
  /** Asked between steps: should the work stop here? */
  stopping?(): boolean;
}
