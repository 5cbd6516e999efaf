// The callbacks through which long work reports its progress. The caller decides about the output.

/** Called by long work while it runs. */
export interface Listener {
  /** A stage begins. @param detail such as the number of images */
  stage?(name: string, detail?: string): void;
  /** `done` of `total` units of the current stage are done. @param note the latest value, such as the loss */
  progress?(done: number, total: number, note?: string): void;
  /** Something that the user should know, such as a skipped file. */
  note?(text: string): void;
  /** Called between steps. True asks the work to stop. */
  stopping?(): boolean;
}
