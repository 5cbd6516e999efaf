// Removes the parts that wrappers add to tensor names: `module.` of DistributedDataParallel, `_orig_mod.` of
// torch.compile, `model.` of Lightning and of many training scripts.

import { quantity } from "@dit-bench/text";
import type { Checkpoint } from "./checkpoint.ts";
import type { TensorInfo } from "./placed-tensor.ts";
import { UnsupportedFileError } from "./weight-file-error.ts";

/** Names that wrappers of PyTorch, FSDP and DeepSpeed give the inner module, anywhere in a tensor name. */
const wrapper = /(^|\.)(?:(?:module|_orig_mod|_forward_module|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.)+/g;

/**
 * Returns the checkpoint with the tensor names of the inner model. The prefix is the part of a name before an anchor;
 * tensors without this prefix, such as those of a loss, are skipped. Notes describe renamed and skipped tensors.
 * Without any anchor the checkpoint is returned unchanged.
 *
 * @param anchors tensor names; every model of the expected kind has at least one of them
 * @throws UnsupportedFileError if anchors have several prefixes, as in a file with a model and its moving average
 */
export function stripWrappers(checkpoint: Checkpoint, anchors: readonly string[]): Checkpoint {
  const names = [...checkpoint.tensors.keys()];
  const strippedNames = names.map((name) => name.replace(wrapper, "$1"));
  const innerNames = new Set(strippedNames).size === names.length ? strippedNames : names;
  /** The part before an anchor, with the original name of a tensor that has it. */
  const prefixes = new Map<string, string>();
  for (const [i, name] of innerNames.entries())
    for (const anchor of anchors)
      if (name === anchor || name.endsWith(`.${anchor}`)) prefixes.set(name.slice(0, -anchor.length), names[i]!);
  const [[prefix] = []] = prefixes;
  if (prefix === undefined) return checkpoint;
  if (prefixes.size > 1) throw new UnsupportedFileError(checkpoint.source, describeSeveralModels(prefixes, anchors));
  const originalPrefix = prefixBeforeAnchor(prefixes.get(prefix)!, anchors);
  const isInModel = (i: number) => innerNames[i]!.startsWith(prefix) && names[i]!.startsWith(originalPrefix);
  const originals = new Map<string, string>();
  for (const [i, name] of innerNames.entries()) if (isInModel(i)) originals.set(name.slice(prefix.length), names[i]!);
  const skipped = names.filter((_, i) => !isInModel(i));
  const [firstChange] = [...originals].filter(([name, original]) => name !== original);
  const notes = firstChange
    ? [`names are read without their wrapper: ${quote(firstChange[1])} as ${quote(firstChange[0])}`]
    : [];
  if (skipped.length > 0)
    notes.push(
      `skipped ${quantity(skipped.length, "tensor")} outside ${quote(originalPrefix)}: ${firstNames(skipped)}`,
    );
  return notes.length > 0 ? renameTensors(checkpoint, originals, notes) : checkpoint;
}

/** The part of an original name before its anchor, with wrappers; "" if a wrapper is within the anchor. */
function prefixBeforeAnchor(original: string, anchors: readonly string[]): string {
  const anchor = anchors.find((end) => original === end || original.endsWith(`.${end}`));
  return anchor === undefined ? "" : original.slice(0, -anchor.length);
}

/** Selects the tensors whose names begin with `key` and a dot, and removes that part; undefined if there are none. */
export function selectBelow(checkpoint: Checkpoint, key: string): Checkpoint | undefined {
  const prefix = `${key}.`;
  const originals = new Map<string, string>();
  for (const name of checkpoint.tensors.keys())
    if (name.startsWith(prefix)) originals.set(name.slice(prefix.length), name);
  return originals.size === 0 ? undefined : renameTensors(checkpoint, originals, [`tensors below ${quote(key)}`]);
}

/** First parts of the names, for a message that lists valid keys. */
export const firstNameParts = (names: Iterable<string>): string[] => [
  ...new Set([...names].flatMap((name) => (name.includes(".") ? [name.slice(0, name.indexOf("."))] : []))),
];

function renameTensors(
  checkpoint: Checkpoint,
  originals: ReadonlyMap<string, string>,
  notes: readonly string[],
): Checkpoint {
  const original = (name: string) => originals.get(name) ?? name;
  const tensors = new Map<string, TensorInfo>();
  for (const [name, originalName] of originals) tensors.set(name, checkpoint.tensors.get(originalName)!);
  return {
    ...checkpoint,
    tensors,
    notes: [...checkpoint.notes, ...notes],
    read: (name) => checkpoint.read(original(name)),
    float32: (name) => checkpoint.float32(original(name)),
  };
}

function describeSeveralModels(prefixes: ReadonlyMap<string, string>, anchors: readonly string[]): string {
  const places = [...prefixes.keys()].map((prefix) => (prefix === "" ? "without a prefix" : `under ${quote(prefix)}`));
  // A key refers to the names in the file, including wrappers.
  const keys = [...prefixes.values()].map((name) => prefixBeforeAnchor(name, anchors).slice(0, -1)).filter(Boolean);
  const choice = keys.length > 0 ? `choose one with --key ${keys.slice(0, 5).join(" or --key ")}, or ` : "";
  return `it holds ${prefixes.size} models, ${places.slice(0, 5).join(", ")}; ${choice}save only the wanted one`;
}

const quote = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
const firstNames = (names: readonly string[]): string =>
  names.slice(0, 3).map(quote).join(", ") + (names.length > 3 ? ", …" : "");
