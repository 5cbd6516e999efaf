export { ArchiveError, type ArchiveErrorCode } from "./archive/archive-error.ts";
export { type Limits, usualLimits } from "./archive/limits.ts";
export { type Unpacked, type UnpackOptions, unpack } from "./archive/unpack.ts";
export { cacheFolder, type Environment } from "./cache-folder.ts";
export { type Downloaded, type DownloadOptions, download, type Patience } from "./download.ts";
export { FetchError, type FetchErrorKind } from "./fetch-error.ts";
export { findInHubCache, type HubFile, hubCache, hubEndpoint, hubOffline, hubToken, hubUrl, offline } from "./hub.ts";
export type { Expected } from "./partial-file.ts";
export { shownBytes, shownUrl } from "./shown-url.ts";
