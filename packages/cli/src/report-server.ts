// Serves report pages to browsers on this machine while a grid runs. A page asks for its tag again and again, and loads
// itself again when the records have changed.

import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { messagePage } from "@dit-bench/report";
import { BenchError } from "@dit-bench/runner";
import { quantity } from "@dit-bench/text";
import { type MadePages, makePages, type PagesTask } from "./make-pages.ts";

const host = "127.0.0.1";

export interface ServerTask extends Omit<PagesTask, "follow"> {
  /** 0 for a free port. */
  readonly port: number;
  /** Called with each new note about the records. */
  onNote?(note: string): void;
}

export interface ReportServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Throws BenchError (io) if the port is in use. */
export async function startReportServer({ port, ...task }: ServerTask): Promise<ReportServer> {
  const pageOf = pageCache(task);
  const server = createServer(async (request, response) => {
    const send = (status: number, text: string, tag?: string) => {
      response.writeHead(status, {
        "content-type": status === 200 ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        ...(tag === undefined ? {} : { etag: tag }),
      });
      response.end(request.method === "HEAD" ? undefined : text);
    };
    try {
      if (!isForThisServer(request, server)) return send(403, "this server answers to its own address only\n");
      if (request.method !== "GET" && request.method !== "HEAD") return send(405, "only GET and HEAD\n");
      const tag = await tagOf([task.from, ...(task.others ?? [])]);
      if (request.method === "HEAD") return send(200, "", tag);
      const page = await pageOf(request.url ?? "/", tag);
      return page === undefined ? send(404, "no such page; the address of the report is /\n") : send(200, page, tag);
    } catch (error) {
      return send(200, messagePage("The page cannot be made now", [(error as Error).message]));
    }
  });
  await listen(server, port);
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/**
 * False for a request by another name: a foreign web page could give this address a name of its own (DNS rebinding).
 */
function isForThisServer({ headers }: IncomingMessage, server: Server): boolean {
  return isOwnHost(headers.host, (server.address() as AddressInfo).port);
}

/** Whether the header `Host` of a request names this machine and this port. Browsers leave out port 80. */
export const isOwnHost = (header: string | undefined, port: number): boolean =>
  [host, "localhost"].some((name) => header === `${name}:${port}` || (port === 80 && header === name));

/** The address of the page of a protocol: `/mini/2`. It does not depend on the other protocols. */
const addressOf = (protocol: string): string => `/${protocol.split("/").map(encodeURIComponent).join("/")}`;

/** The protocol that an address names: "" for the address `/`, undefined for one that is not well-formed. */
function protocolOf(address: string): string | undefined {
  try {
    return decodeURIComponent(new URL(address, `http://${host}`).pathname.slice(1));
  } catch {
    return undefined;
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      reject(
        new BenchError(
          "io",
          code === "EADDRINUSE"
            ? `port ${port} is in use; choose another with --port, or --port 0 for a free one`
            : `port ${port} cannot be opened (${message}); choose another with --port`,
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** A tag that changes with the records and strips below these folders: their paths, sizes and times. */
async function tagOf(folders: readonly string[]): Promise<string> {
  const digest = createHash("sha256");
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true });
    for (const name of names.filter((one) => /\.(?:json|webp)$/.test(one)).sort()) {
      const status = await stat(join(folder, name)).catch(() => undefined);
      digest.update(JSON.stringify([folder, name, status?.size, status?.mtimeMs]));
    }
  }
  return `"${digest.digest("hex").slice(0, 32)}"`;
}

/** Makes pages when the tag has changed. Returns the page of an address: `/`, or that of a protocol. */
function pageCache({
  onNote = () => {},
  ...task
}: Omit<ServerTask, "port">): (address: string, tag: string) => Promise<string | undefined> {
  const noted = new Set<string>();
  let cached: { readonly tag: string; readonly pages: Promise<MadePages> } | undefined;
  return async (address, tag) => {
    if (cached?.tag !== tag) cached = { tag, pages: makePages({ ...task, follow: tag }) };
    const { made, errors, found } = await cached.pages.catch((error) => {
      cached = undefined; // the next request tries again
      throw error;
    });
    for (const note of found.notes) {
      if (!noted.has(note)) onNote(note);
      noted.add(note);
    }
    const [only] = made;
    const wanted = protocolOf(address);
    if (wanted !== "") return made.find(({ protocol }) => protocol === wanted)?.html;
    if (only !== undefined && made.length === 1 && errors.length === 0) return only.html;
    return messagePage(
      found.records.length === 0 ? "No record yet" : "Reports",
      [
        ...(found.records.length === 0 ? ["This page waits for the first finished run."] : []),
        ...[...errors.map(({ message }) => message), ...found.notes, ...found.damaged.map(({ reason }) => reason)],
      ],
      made.map(({ protocol, records }) => [addressOf(protocol), `${protocol}: ${quantity(records, "record")}`]),
    );
  };
}
