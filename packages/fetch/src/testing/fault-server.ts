// A local server that records its requests and answers them with a function of the test.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";

export interface RecordedRequest {
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

export interface FaultServer {
  readonly origin: string;
  readonly seen: RecordedRequest[];
  /** Answers the requests; `n` counts them from 0. */
  handler: (request: IncomingMessage, response: ServerResponse, n: number) => void;
  close(): Promise<void>;
}

export async function faultServer(): Promise<FaultServer> {
  const seen: RecordedRequest[] = [];
  const answer: RequestListener = (request, response) => {
    seen.push({ url: request.url!, headers: request.headers });
    response.on("error", () => {});
    self.handler(request, response, seen.length - 1);
  };
  const server = createServer(answer);
  const origin = await listen(server);
  const self: FaultServer = {
    origin,
    seen,
    handler: (_, response) => response.writeHead(404).end(),
    close: () => closeServer(server),
  };
  return self;
}

/** An HTTP proxy. `seen` lists its requests. @param refusal a status with which it refuses all of them */
export async function proxyServer(
  refusal?: number,
): Promise<{ origin: string; seen: string[]; close(): Promise<void> }> {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(`GET ${request.url}`);
    if (refusal !== undefined) return void response.writeHead(refusal).end("not here");
    const { default: http } = await import("node:http");
    http
      .get(request.url!, { headers: request.headers }, (upstream) => {
        response.writeHead(upstream.statusCode!, upstream.headers);
        upstream.on("error", () => response.destroy()).pipe(response);
      })
      .on("error", () => response.destroy());
  });
  server.on("connect", (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    socket.on("error", () => {});
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} Refused\r\ncontent-length: 0\r\n\r\n`);
    const [host, port] = request.url!.split(":");
    const target = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket);
      socket.pipe(target);
    });
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
  });
  return { origin: await listen(server), seen, close: () => closeServer(server) };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Serves `body` correctly, with ranges and validators. */
export function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  { etag = '"v1"', headers = {} }: { etag?: string | null; headers?: Record<string, string> } = {},
): void {
  const version = etag === null ? {} : { etag };
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
  const matchesVersion = request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
  if (from === undefined || !matchesVersion) {
    response.writeHead(200, { ...version, ...headers, "content-length": body.length });
    response.end(body);
  } else if (Number(from) >= body.length) {
    response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
  } else {
    const rest = body.subarray(Number(from));
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    response.writeHead(206, { ...version, ...headers, "content-range": range, "content-length": rest.length });
    response.end(rest);
  }
}

/** Number of waits of 10 ms before the connection is cut. A client in this process needs them to store the bytes. */
const waitsBeforeCut = 6;

/** Sends headers for the whole `body`, then its first `bytes` bytes, then cuts the connection. */
export function dropAfter(response: ServerResponse, body: Buffer, bytes: number, headers: Record<string, string> = {}) {
  response.writeHead(200, { etag: '"v1"', ...headers, "content-length": body.length });
  const cut = (left: number) => void (left > 0 ? setTimeout(cut, 10, left - 1) : response.destroy());
  response.write(body.subarray(0, bytes), () => cut(waitsBeforeCut));
}
