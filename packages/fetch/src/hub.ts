// The Hugging Face hub: its addresses, the cache folder of its Python client, and the client's environment variables.
// https://huggingface.co/docs/huggingface_hub/guides/manage-cache and …/package_reference/environment_variables

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "@dit-bench/files";
import { FetchError } from "./fetch-error.ts";
import { isHttp } from "./transport.ts";

/** A file of a model repository; `revision` is a branch, a tag or a commit. */
export interface HubFile {
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
}

const commitPattern = /^[0-9a-f]{40}$/;

/**
 * The hub's base address without a trailing slash: `HF_ENDPOINT` (for example, a mirror) or https://huggingface.co.
 * Throws FetchError ("environment") for an invalid address.
 */
export function hubEndpoint(env: Environment = process.env): string {
  const endpoint = env.HF_ENDPOINT || "https://huggingface.co";
  if (!isHttp(endpoint))
    throw new FetchError(
      "environment",
      `HF_ENDPOINT is "${endpoint}": set an address such as https://huggingface.co, or unset it`,
    );
  return endpoint.replace(/\/+$/, "");
}

export function hubUrl({ repository, revision, path }: HubFile, env: Environment = process.env): string {
  const segments = path.split("/").map(encodeURIComponent).join("/");
  return `${hubEndpoint(env)}/${repository}/resolve/${encodeURIComponent(revision)}/${segments}`;
}

/**
 * The hub's cache folder: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else `~/.cache/huggingface/hub`. `XDG_CACHE_HOME`
 * replaces `~/.cache`.
 */
export function hubCache(env: Environment = process.env): string {
  if (env.HF_HUB_CACHE) return env.HF_HUB_CACHE;
  if (env.HUGGINGFACE_HUB_CACHE) return env.HUGGINGFACE_HUB_CACHE; // the older name of HF_HUB_CACHE
  const caches = env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache");
  return join(env.HF_HOME || join(caches, "huggingface"), "hub");
}

/** The path of a file in the cache, if it exists: `models--ORG--NAME/snapshots/COMMIT/PATH`. */
export function findInHubCache(file: HubFile, env: Environment = process.env): string | undefined {
  const folder = join(hubCache(env), `models--${file.repository.replaceAll("/", "--")}`);
  const revision = commitPattern.test(file.revision)
    ? file.revision
    : readReference(join(folder, "refs", file.revision));
  if (revision === undefined) return undefined;
  const path = join(folder, "snapshots", revision, file.path);
  return existsSync(path) ? path : undefined; // existsSync is false for a link whose blob was removed
}

function readReference(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return commitPattern.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const isYes = (value: string | undefined) => /^(1|true|yes|on)$/i.test(value ?? "");

/**
 * The name of the environment variable that forbids network access, if one is set. The hub's variables count, too:
 * machines without a network often set them. Each variable forbids all downloads, not only those from the hub.
 */
export const offlineVariable = (env: Environment = process.env): string | undefined =>
  ["DIT_BENCH_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].find((name) => isYes(env[name]));

/** The access token in `HF_TOKEN`. It is sent only to the host of `hubEndpoint`. */
export function hubToken(env: Environment = process.env): string | undefined {
  const token = env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN; // the second is the older name
  return token?.trim() || undefined;
}
