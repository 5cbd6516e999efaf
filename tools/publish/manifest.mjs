// The manifest of a package as it is published: without what only the repository uses.

/**
 * @typedef {Record<string, any>} Manifest
 */

/**
 * Packages that travel inside another one, by the package that they travel in.
 *
 * - `canvas` is this repository's replacement of node-canvas, whose install script downloads a binary. Only a bundled
 *   copy is certain to be the one that chartjs-node-canvas finds, with every package manager.
 * - The install script of `onnxruntime-node` downloads files for GPUs, hundreds of megabytes that most machines cannot
 *   use, and the installation fails where it cannot. In the bundled copy the script is left out of package.json;
 *   whoever needs the files runs it by hand, as `bench doctor` says.
 *
 * npm installs nothing for a bundled package, so its dependencies become those of the package that it travels in.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const bundledPackages = {
  "@dit-bench/report": ["chartjs-node-canvas", "canvas"],
  "@dit-bench/compiler": ["onnxruntime-node"],
};

/**
 * @param {Manifest} manifest of a package in the repository
 * @param {object} facts
 * @param {string} facts.version of all packages
 * @param {string | undefined} facts.repository URL, which npm compares with the one that provenance states
 * @param {Readonly<Record<string, Manifest>>} facts.bundledManifests manifests of the packages in `bundledPackages`
 * @returns {Manifest}
 */
export function publishedManifest(manifest, { version, repository, bundledManifests }) {
  const { private: _, devDependencies: __, bin, exports, dependencies = {}, ...rest } = manifest;
  const inside = bundledPackages[manifest.name] ?? [];
  return {
    ...rest,
    version,
    ...(repository === undefined ? {} : { repository: { type: "git", url: repository } }),
    publishConfig: { access: "public" },
    // The command is that of the package `dit-bench`: two packages must not have the same one.
    ...(manifest.name === "dit-bench" ? { bin } : {}),
    ...(exports === undefined ? {} : { exports: withoutSources(exports) }),
    dependencies: {
      ...Object.fromEntries(
        Object.entries(dependencies).map(([name, range]) => [name, name.startsWith("@dit-bench/") ? version : range]),
      ),
      ...Object.assign({}, ...inside.map((name) => bundledManifests[name].dependencies)),
      ...Object.fromEntries(inside.map((name) => [name, bundledManifests[name].version])),
    },
    ...(inside.length === 0 ? {} : { bundleDependencies: [...inside] }),
  };
}

/** The manifest of a bundled package. @param {Manifest} manifest @returns {Manifest} */
export function bundledManifest({ scripts: _, private: __, devDependencies: ___, ...rest }) {
  return rest;
}

/** Sources are not published, so the condition that leads to them is left out. @param {any} exports @returns {any} */
function withoutSources(exports) {
  if (typeof exports !== "object") return exports;
  return Object.fromEntries(
    Object.entries(exports)
      .filter(([condition]) => condition !== "@dit-bench/source")
      .map(([key, target]) => [key, withoutSources(target)]),
  );
}
