// What `bench fetch` has brought here, by name.

import { fetchables, locate } from "./locate.ts";

/** Does `bench fetch` know the name? */
export const isFetchable = (name: string): boolean => fetchables().some((known) => known.name === name);

/** The file or folder of a name that `bench fetch` knows; undefined where it is not here, and for any other name. */
export const fetched = (name: string): string | undefined => (isFetchable(name) ? locate(name).path : undefined);
