// `bench report`: its files, the images that it shows, and the server that follows a grid.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type RunRecord, readRecord, writeRecord } from "@dit-bench/record";
import { stripPath } from "@dit-bench/report";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { report } from "./commands/report.ts";
import { writeTables } from "./commands/table.ts";
import { makePages } from "./make-pages.ts";
import { copyFlowerRuns } from "./published-runs.test.data.ts";
import { isOwnHost, type ReportServer, startReportServer } from "./report-server.ts";

const results = fileURLToPath(new URL("../../../results/mini", import.meta.url));
const published = copyFlowerRuns();
const place = mkdtempSync(join(tmpdir(), "bench-report-"));
const strip = Buffer.from("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==", "base64");
const flags = { recipe: "mini", with: [], serve: false, withRealImages: false, json: false, port: undefined };
let printed = "";
let number = 0;
let from: string;

beforeEach(() => {
  from = join(place, String(number++), "runs");
  printed = "";
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => {
      printed += text;
      return true;
    });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});
afterAll(() => {
  for (const folder of [place, published]) rmSync(folder, { recursive: true });
});

/** Copies published records, each with its strips, into folders as runs have them. */
async function makeRuns(change: (record: RunRecord) => RunRecord = (record) => record): Promise<void> {
  for (const name of readdirSync(published).filter((file) => file.endsWith(".json"))) {
    const path = join(from, name.replace(".json", ""), "record.json");
    await writeRecord(path, change(await readRecord(join(published, name))));
    for (const kind of ["samples", "base", "real"] as const) writeFileSync(stripPath(path, kind), strip);
  }
}

const dataOf = (html: string) =>
  JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)![1]!);

describe("bench report", () => {
  it("writes one page of results/mini with equal bytes each time, and prints its path", async () => {
    const sizes: string[] = [];
    for (const folder of ["a", "b"]) {
      await report({ ...flags, from: results, out: join(from, folder) });
      sizes.push(readFileSync(join(from, folder, "report.html"), "latin1"));
    }
    expect(sizes[0] === sizes[1]).toBe(true);
    expect(sizes[0]!.length).toBeLessThan(5e6);
    expect(printed).toMatch(/mini\/\d+: \d+ records/);
    expect(printed).toMatch(/a\/report\.html \(\d+ kB\)/);
  });

  it.each(["mini", "high-resolution/mini"])("the published page of %s is made of its records", async (name) => {
    const folder = fileURLToPath(new URL(`../../../results/${name}`, import.meta.url));
    const { made } = await makePages({ from: folder, out: folder, withRealImages: false });
    expect(made.map(({ html }) => html === readFileSync(join(folder, "report.html"), "utf8"))).toEqual([true]);
  });

  it("makes the same page from the runs and from the copies that bench table made", async () => {
    await makeRuns();
    const tables = join(from, "../tables");
    await writeTables(from, tables, false);
    const pages = await Promise.all(
      [from, tables].map((folder) => makePages({ from: folder, out: folder, withRealImages: false })),
    );
    expect(pages[0]!.made[0]!.html === pages[1]!.made[0]!.html).toBe(true);
    const { gallery } = dataOf(pages[0]!.made[0]!.html);
    expect([gallery.samples.length, gallery.base.length, gallery.real.length]).toEqual([18, 3, 1]);
  });

  it("writes one page for each protocol, and the pages that can be made beside an error", async () => {
    await makeRuns((record) => (record.cell.seed === 0 ? record : { ...record, protocol: "other/1" }));
    const path = join(from, "odd/record.json");
    const record = await readRecord(join(published, "bitfit-seed-0.json"));
    await writeRecord(path, { ...record, identity: "0".repeat(64), metrics: { ...record.metrics!, fid: 1 } });
    await expect(report({ ...flags, from, out: undefined })).rejects.toThrow("two different records of one cell");
    expect(existsSync(join(from, "other-1/report.html"))).toBe(true);
    expect(existsSync(join(from, `${record.protocol.replace("/", "-")}/report.html`))).toBe(false);
  });

  it("names damaged records on the page, and exits with 3", async () => {
    await makeRuns();
    writeFileSync(join(from, "broken-seed-0.json"), "{");
    await report({ ...flags, from, out: undefined });
    expect(process.exitCode).toBe(3);
    expect(readFileSync(join(from, "report.html"), "utf8")).toContain(
      "1 record could not be read and is left out: broken-seed-0.json.",
    );
  });

  it.each([
    ["--serve with --out", { serve: true, out: "x" }, "--serve writes no file, so --out has no effect"],
    ["--port without --serve", { port: 9000 }, "--port 9000 has no effect without --serve"],
    ["an output folder that is a file", { out: join(place, "a-file") }, "cannot be made or written to"],
    ["a missing folder", { from: join(place, "nowhere") }, "there is no such folder; make records with 'bench grid"],
    ["a folder without records", { from: join(place, "empty") }, "no records below this folder"],
  ])("refuses %s", async (_, given, message) => {
    mkdirSync(join(place, "empty"), { recursive: true });
    writeFileSync(join(place, "a-file"), "");
    await expect(report({ ...flags, from: published, out: undefined, ...given })).rejects.toThrow(message);
  });
});

describe("strips of images", () => {
  const sources = ["miniature", "dataset", "folder"] as const;

  it.each(sources)("bench table copies them, real images of a %s as its licence allows", async (source) => {
    await makeRuns((record) => ({ ...record, data: { ...record.data, source } }));
    for (const withRealImages of [false, true]) {
      const out = join(from, `../tables-${withRealImages}`);
      await writeTables(from, out, false, { withRealImages });
      const copies = readdirSync(join(out, "records/flowers")).filter((name) => name.endsWith(".webp"));
      const count = (kind: string) => copies.filter((name) => name.endsWith(`.${kind}.webp`)).length;
      expect(count("samples")).toBe(18);
      expect(count("base")).toBe(3);
      expect(count("real")).toBe(source === "miniature" || withRealImages ? 1 : 0);
    }
  });

  it.each(sources)("bench report shows real images of a %s unless they may be photographs", async (source) => {
    await makeRuns((record) => ({ ...record, data: { ...record.data, source } }));
    for (const withRealImages of [false, true]) {
      const { made } = await makePages({ from, out: from, withRealImages });
      expect(dataOf(made[0]!.html).gallery.real).toHaveLength(source === "miniature" || withRealImages ? 1 : 0);
    }
  });

  it("are left out of the page if they are no WebP files or too large for a strip", async () => {
    await makeRuns();
    const [first, second] = readdirSync(from);
    writeFileSync(join(from, first!, "record.samples.webp"), "<svg onload=alert(1)>");
    writeFileSync(join(from, second!, "record.samples.webp"), Buffer.concat([strip, Buffer.alloc(20_000)]));
    const { made } = await makePages({ from, out: from, withRealImages: false });
    expect(dataOf(made[0]!.html).gallery.samples).toHaveLength(16);
  });
});

describe("bench report --serve", () => {
  let server: ReportServer;
  let runs: string;

  beforeAll(async () => {
    runs = join(place, "served");
    mkdirSync(runs);
    server = await startReportServer({ from: runs, out: runs, withRealImages: false, port: 0 });
  });
  afterAll(() => server.close());

  const add = (name: string) => cpSync(join(published, name), join(runs, name));
  const ask = (method: string, path = "/", headers: Record<string, string> = {}) =>
    new Promise<{ status: number; tag: string | undefined; text: string }>((resolve, reject) => {
      request(new URL(path, server.url), { method, headers }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode!, tag: response.headers.etag, text }));
      })
        .on("error", reject)
        .end();
    });

  it("waits for the first record, then sends the page, with another tag when a record is added", async () => {
    expect((await ask("GET")).text).toContain("This page waits for the first finished run.");
    add("bitfit-seed-0.json");
    const first = await ask("GET");
    expect(first.text).toContain("1 run ");
    expect(dataOf(first.text).follow).toBe(first.tag);
    expect(first.text).toContain("connect-src &#39;self&#39;");
    expect((await ask("HEAD")).tag).toBe(first.tag);
    add("lora-r8-seed-0.json");
    expect((await ask("HEAD")).tag).not.toBe(first.tag);
    expect((await ask("GET")).text).toContain("2 runs ");
    expect(existsSync(join(runs, "report.html"))).toBe(false);
  });

  it("links the pages of several protocols, each at an address that stays when another protocol is added", async () => {
    const record = await readRecord(join(published, "bitfit-seed-0.json"));
    await writeRecord(join(runs, "other/record.json"), { ...record, protocol: "other/1+ab on own images" });
    const address = "/other/1%2Bab%20on%20own%20images";
    expect((await ask("GET")).text).toContain(`<a href="${address}">other/1+ab on own images: 1 record</a>`);
    expect((await ask("GET", address)).text).toContain("protocol other/1+ab on own images");
    await writeRecord(join(runs, "early/record.json"), { ...record, protocol: "early/1" });
    expect((await ask("GET")).text).toContain('<a href="/early/1">early/1: 1 record</a>');
    expect((await ask("GET", address)).text).toContain("protocol other/1+ab on own images");
    expect((await ask("GET", "/%E0%A4%A")).status).toBe(404);
  });

  it.each([
    ["another path", "GET", "/../../etc/passwd", {}, 404],
    ["another method", "POST", "/", {}, 405],
    ["a position in place of a protocol", "GET", "/2", {}, 404],
    ["a foreign name for this address", "GET", "/", { host: "example.org" }, 403],
  ])("refuses %s", async (_, method, path, headers, status) => {
    expect((await ask(method, path, headers)).status).toBe(status);
  });

  it.each([
    ["127.0.0.1:80", 80, true],
    ["127.0.0.1", 80, true],
    ["localhost", 80, true],
    ["localhost", 8360, false],
    ["localhost:8360", 8360, true],
    ["example.org", 80, false],
    [undefined, 80, false],
  ])("takes the host %s at port %d for its own: %s", (header, port, isOwn) => {
    expect(isOwnHost(header, port)).toBe(isOwn);
  });

  it("answers until a signal ends it", { timeout: 60_000 }, async () => {
    const entry = fileURLToPath(new URL("../bin/bench.js", import.meta.url));
    const child = spawn(process.execPath, [entry, "report", "--from", published, "--serve", "--port", "0"]);
    try {
      const url = await new Promise<string>((resolve, reject) => {
        let output = "";
        child.on("exit", () => reject(new Error(`ended: ${output}`)));
        child.stdout.on("data", (chunk) => {
          output += chunk;
          const found = /http:\S+/.exec(output)?.[0];
          if (found !== undefined) resolve(found);
        });
      });
      await setTimeout(500);
      expect((await ask("GET", url)).text).toContain("18 runs");
      const ended = once(child, "exit");
      child.kill("SIGINT");
      expect(await ended).toEqual([null, "SIGINT"]);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("passes on each note about the records once", async () => {
    const notes: string[] = [];
    await makeRuns((record) => ({ ...record, protocol: "other/1" }));
    const noting = await startReportServer({
      ...{ from: published, out: published, others: [from], withRealImages: false, port: 0 },
      onNote: (note) => notes.push(note),
    });
    try {
      await ask("GET", noting.url);
      await ask("GET", noting.url);
    } finally {
      await noting.close();
    }
    expect(notes).toEqual([expect.stringContaining("only of other/1, which is another comparison")]);
  });

  it("reports a port that is in use", async () => {
    const { port } = new URL(server.url);
    await expect(
      startReportServer({ from: runs, out: runs, withRealImages: false, port: Number(port) }),
    ).rejects.toThrow(`port ${port} is in use; choose another with --port`);
  });
});
