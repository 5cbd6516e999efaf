// Makes valid and invalid tar archives for tests. Source: POSIX.1-2017, pax interchange format, the ustar header.

export interface TarEntry {
  readonly name: string;
  readonly body?: Uint8Array | string;
  /** "0" file, "1" and "2" links, "3" to "6" devices, folders and pipes, "x" and "g" pax headers, "L" GNU long name. */
  readonly type?: string;
  readonly linkname?: string;
  /** A wrong size for the header. */
  readonly size?: number | string;
  readonly checksum?: number;
  readonly prefix?: string;
}

/** @param end whether to add the two blocks of zeros that end an archive */
export function makeTar(entries: readonly TarEntry[], { end = true } = {}): Buffer {
  const blocks = entries.flatMap((entry) => {
    const body = Buffer.from(entry.body ?? "");
    return [header(entry, body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, ...(end ? [Buffer.alloc(1024)] : [])]);
}

/** Pax records; each starts with its own length. */
export function paxRecords(values: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(values).map(([key, value]) => {
      const rest = Buffer.from(` ${key}=${value}\n`);
      let length = rest.length + 1;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
}

function header(entry: TarEntry, length: number): Buffer {
  const { name, type = "0", linkname = "", size = length, prefix = "" } = entry;
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(typeof size === "string" ? size : `${size.toString(8).padStart(11, "0")}\0`, 124, 12, "latin1");
  block.write("00000000000\0", 136);
  block.write("        ", 148);
  block.write(type, 156, 1);
  block.write(linkname, 157, 100);
  block.write("ustar\x0000", 257);
  block.write(prefix, 345, 155);
  const sum = entry.checksum ?? block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
