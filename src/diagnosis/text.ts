/** Address and port as people write them: IPv6 in brackets. */
export function hostAndPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A duration for people: "0.3 ms", "64.6 s". */
export function durationText(seconds: number): string {
  if (seconds < 0.001) return `${trimmed(seconds * 1e6, 0)} µs`;
  if (seconds < 1) return `${trimmed(seconds * 1e3, 1)} ms`;
  return `${trimmed(seconds, seconds < 10 ? 2 : 1)} s`;
}

function trimmed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, "");
}
