export { cacheFolder, type Environment } from "./cache-folder.ts";
export { FetchError, type FetchErrorKind } from "./fetch-error.ts";
export { findInHubCache, type HubFile, hubCache, hubEndpoint, hubOffline, hubToken, hubUrl, offline } from "./hub.ts";
