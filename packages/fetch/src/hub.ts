// The Hugging Face hub: addresses, the cache that its own programs keep, and the variables that they obey.
// https://huggingface.co/docs/huggingface_hub/guides/manage-cache and …/package_reference/environment_variables

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./cache-folder.ts";
import { FetchError } from "./fetch-error.ts";
import { isHttp } from "./transport.ts";

/** A file of a model repository; `revision` is a branch, a tag or a commit. */
export interface HubFile {
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
}

const commit = /^[0-9a-f]{40}$/;

/** `HF_ENDPOINT`, such as a mirror, or the hub itself; without a slash at its end. Throws FetchError ("environment") for what is no address. */
export function hubEndpoint(env: Environment = process.env): string {
  const endpoint = env.HF_ENDPOINT || "https://huggingface.co";
  if (!isHttp(endpoint))
    throw new FetchError(
      "environment",
      `HF_ENDPOINT is "${endpoint}": wanted an address such as https://huggingface.co, or none`,
    );
  return endpoint.replace(/\/+$/, "");
}

export const hubUrl = ({ repository, revision, path }: HubFile, env: Environment = process.env): string =>
  `${hubEndpoint(env)}/${repository}/resolve/${encodeURIComponent(revision)}/${path.split("/").map(encodeURIComponent).join("/")}`;

/** `HF_HUB_CACHE`, or `hub` below `HF_HOME`, or `~/.cache/huggingface/hub`, with `XDG_CACHE_HOME` in place of `~/.cache`. */
export function hubCache(env: Environment = process.env): string {
  if (env.HF_HUB_CACHE) return env.HF_HUB_CACHE;
  if (env.HUGGINGFACE_HUB_CACHE) return env.HUGGINGFACE_HUB_CACHE; // its older name, still read
  const caches = env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache");
  return join(env.HF_HOME || join(caches, "huggingface"), "hub");
}

/** The file's path in the cache, if it is there: `models--ORG--NAME/snapshots/COMMIT/PATH`. The cache is never written to. */
export function findInHubCache(file: HubFile, env: Environment = process.env): string | undefined {
  const folder = join(hubCache(env), `models--${file.repository.replaceAll("/", "--")}`);
  const revision = commit.test(file.revision) ? file.revision : referred(join(folder, "refs", file.revision));
  if (revision === undefined) return undefined;
  const path = join(folder, "snapshots", revision, file.path);
  return existsSync(path) ? path : undefined; // a link to a blob that is gone does not exist either
}

function referred(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return commit.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const yes = (value: string | undefined) => /^(1|true|yes|on)$/i.test(value ?? "");

/**
 * Which variable forbids the network, if one does: ours, or the hub's own, which machines without a network have set. All of
 * them mean every address, not the hub alone.
 */
export const offline = (env: Environment = process.env): string | undefined =>
  ["DIT_BENCH_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].find((name) => yes(env[name]));

/** `HF_TOKEN`; it goes to the host of `hubEndpoint` alone. */
export function hubToken(env: Environment = process.env): string | undefined {
  const given = env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN;
  return given?.trim() || undefined;
}
