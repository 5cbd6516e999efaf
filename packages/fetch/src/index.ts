// Downloads files with resumption and checks, unpacks archives safely, and reads the Hugging Face cache.

export { ArchiveError, type ArchiveErrorCode } from "./archive/archive-error.ts";
export type { Limits } from "./archive/limits.ts";
export { readTexts } from "./archive/read-texts.ts";
export { type UnpackOptions, type UnpackResult, unpack } from "./archive/unpack.ts";
export { type DownloadOptions, type DownloadResult, download, type RetryPolicy } from "./download.ts";
export { FetchError, type FetchErrorKind } from "./fetch-error.ts";
export { type FetchedFile, type FetchFileOptions, fetchFile, findLocalFile, type RemoteFile } from "./fetch-file.ts";
export { formatBytes } from "./format.ts";
export { findInHubCache, type HubFile, offlineVariable } from "./hub.ts";
export type { Expected } from "./partial-file.ts";
export { type PipOptions, pipCommand, pipDownload, type WheelRequest } from "./pip.ts";
export { readStream } from "./read-stream.ts";
