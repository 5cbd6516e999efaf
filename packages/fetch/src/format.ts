// Addresses and sizes as text for messages.

/** The address without password, query and fragment, which may contain signatures and tokens. */
export function displayUrl(url: string | URL): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** Formats a number of bytes with three digits and a decimal unit: "1.23 MB" for 1,234,567. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return power === 0 ? `${bytes} bytes` : `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
