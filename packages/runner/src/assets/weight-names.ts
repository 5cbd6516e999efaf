// Notes about a checkpoint, made from the names of its tensors.

import { autoencoderAnchor } from "@dit-bench/autoencoder";
import { ditAnchors } from "@dit-bench/dit";
import { type Checkpoint, describeAdapter, stripWrappers, UnsupportedFileError } from "@dit-bench/weights";

/** Notes for a listing: it is an adapter, names have a wrapper's prefix, the file holds several models. */
export function aboutNames(checkpoint: Checkpoint): string[] {
  const adapter = describeAdapter(checkpoint.tensors.keys());
  if (adapter !== undefined)
    return [
      adapter.includes("not merged")
        ? `this is ${adapter}: merge it in Python before it is used here`
        : `this is ${adapter}: it changes a base model and is not a model by itself`,
    ];
  return [ditAnchors, [autoencoderAnchor]].flatMap((anchors) => {
    try {
      return stripWrappers(checkpoint, anchors).notes.slice(checkpoint.notes.length);
    } catch (error) {
      if (!(error instanceof UnsupportedFileError)) throw error;
      return [error.message.slice(`${error.source}: `.length)];
    }
  });
}
