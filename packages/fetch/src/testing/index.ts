// Helpers for the tests of this package and of its users; not part of the program.
export { dropAfter, type FaultServer, faultServer, proxyServer, serveFile } from "./fault-server.ts";
export { makeTar, paxRecords, type TarEntry } from "./make-tar.ts";
export { makeZip, type ZipEntry, type ZipOptions } from "./make-zip.ts";
export { mutated } from "./mutated.ts";
