// What `bench fetch` has brought here, by name.

/** The file or folder of a name that `bench fetch` knows; undefined where it is not here. */
export async function fetched(_name: string): Promise<string | undefined> {
  return undefined;
}
