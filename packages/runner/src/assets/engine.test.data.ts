// A small made-up wheel of an engine for this machine's platform, for tests.

import { createHash } from "node:crypto";
import { thisPlatform, type Wheel } from "@dit-bench/compiler";
import { makeZip, type ZipEntry } from "@dit-bench/fetch/testing";
import type { Fetchable } from "./locate.ts";

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

export const wheelFile = "some_provider-1.8.1-py3-none-any_machine.whl";
export const wheelLibrary = "some_provider/libprovider.so";

/** What a wheel says about itself. */
export const wheelTexts = ({
  name = "some-provider",
  version = "1.8.1",
  platform = "any_machine",
} = {}): ZipEntry[] => [
  {
    name: `some_provider-${version}.dist-info/METADATA`,
    body: `Metadata-Version: 2.4\nName: ${name}\nVersion: ${version}\n`,
  },
  { name: `some_provider-${version}.dist-info/WHEEL`, body: `Wheel-Version: 1.0\nTag: py3-none-${platform}\n` },
];

/** The files of a valid wheel, two of which are not needed. */
export const wheelEntries: readonly ZipEntry[] = [
  { name: "some_provider/__init__.py", body: "not needed" },
  { name: wheelLibrary, body: "the provider" },
  { name: "some_provider/libother.so", body: "another library", mode: 0o100755 },
  { name: "some_provider/libgpu.so", body: "not needed on the CPU" },
  ...wheelTexts(),
];

export type EngineFetchable = Extract<Fetchable, { readonly kind: "engine" }>;

/** An engine whose wheel for this machine has these bytes. */
export function engineOf(bytes: Uint8Array, change: Partial<Wheel> = {}): EngineFetchable {
  const wheel: Wheel = {
    file: wheelFile,
    bytes: bytes.length,
    sha256: sha256(bytes),
    pipPlatform: "any_machine",
    library: wheelLibrary,
    others: ["some_provider/libother.so", "some_provider-1.8.1.dist-info/METADATA"],
    unpackedBytes: 100,
    ...change,
  };
  const table = { package: "some-provider", version: "1.8.1", wheels: { [thisPlatform()]: wheel } };
  return {
    kind: "engine",
    name: "some-engine",
    entry: { name: "some-engine", title: "Some engine", licence: "MIT", table },
  };
}

export const validWheel = makeZip(wheelEntries);
