import type { IcmpError } from "../flow/connection.ts";
import type { Cause, StackGuess } from "./verdict.ts";

/** What the same failure is called on the three families of systems. */
export interface ErrnoByOs {
  readonly linux: string;
  readonly bsd: string;
  readonly windows: string;
}

const WINDOWS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "WSAECONNREFUSED",
  ETIMEDOUT: "WSAETIMEDOUT",
  ECONNRESET: "WSAECONNRESET",
  EHOSTUNREACH: "WSAEHOSTUNREACH",
  ENETUNREACH: "WSAENETUNREACH",
  EPIPE: "WSAECONNABORTED",
  EACCES: "WSAEACCES",
  EADDRNOTAVAIL: "WSAEADDRNOTAVAIL",
  EADDRINUSE: "WSAEADDRINUSE",
};

/** Errors that BSD keeps under another name for the same ICMP code (net/inet/ip_icmp.c, tcp_subr.c). */
const BSD: Readonly<Record<string, string>> = {
  EACCES: "ECONNREFUSED",
  ENONET: "EHOSTUNREACH",
  EPROTO: "ENOPROTOOPT",
};

/** Where the same failure gives another errno than the names alone say, by the word of the cause, and the errno. */
const BY_CAUSE: Readonly<Record<string, Partial<ErrnoByOs>>> = {
  // BSD and macOS drop a connection that is being opened at once for these (net.inet.tcp.icmp_may_rst).
  "icmp-prohibited": { bsd: "ECONNREFUSED" },
  "icmp-port-unreachable": { bsd: "ECONNREFUSED", windows: "WSAECONNREFUSED" },
  // Routes of these types are Linux' own; elsewhere there are those that reject.
  "no-route EACCES": { bsd: "EHOSTUNREACH", windows: "WSAEHOSTUNREACH" },
  "no-route EINVAL": { bsd: "EHOSTUNREACH" },
};

/** Names of a Linux errno elsewhere; Windows has no other word for most ICMP errors than unreachable. */
export function errnoByOs(linux: string, cause?: Cause): ErrnoByOs {
  const names = { linux, bsd: BSD[linux] ?? linux, windows: WINDOWS[linux] ?? "WSAEHOSTUNREACH" };
  return { ...names, ...(cause === undefined ? {} : (BY_CAUSE[cause.word] ?? BY_CAUSE[`${cause.word} ${linux}`])) };
}

/** The name on the system that the client runs, as far as its SYN tells: Linux where it does not. */
export function errnoAt(stack: StackGuess | null, names: ErrnoByOs): string {
  if (stack === null || stack.confidence === "possible") return names.linux;
  return stack.family === "windows" ? names.windows : stack.family === "bsd" ? names.bsd : names.linux;
}

const ICMP_UNREACHABLE_WORDS: readonly string[] = [
  "network unreachable",
  "host unreachable",
  "protocol unreachable",
  "port unreachable",
  "fragmentation needed",
  "source route failed",
  "network unknown",
  "host unknown",
  "source host isolated",
  "network administratively prohibited",
  "host administratively prohibited",
  "network unreachable for this type of service",
  "host unreachable for this type of service",
  "communication administratively prohibited",
  "host precedence violation",
  "precedence cutoff in effect",
];

const ICMPV6_UNREACHABLE_WORDS: readonly string[] = [
  "no route to destination",
  "communication administratively prohibited",
  "beyond scope of source address",
  "address unreachable",
  "port unreachable",
  "source address failed ingress/egress policy",
  "reject route to destination",
  "error in source routing header",
  "headers too long",
];

/** What an ICMP error says, in the words of RFC 792, RFC 1812 and RFC 4443. */
export function icmpWords(error: IcmpError): string {
  if (error.version === 6) {
    if (error.type === 1) return ICMPV6_UNREACHABLE_WORDS[error.code] ?? `unreachable, code ${error.code}`;
    if (error.type === 2) return `packet too big, MTU ${error.nextHopMtu}`;
    if (error.type === 3)
      return error.code === 0 ? "hop limit exceeded in transit" : "fragment reassembly time exceeded";
    return "parameter problem";
  }
  switch (error.type) {
    case 3:
      if (error.code === 4 && error.nextHopMtu > 0) return `fragmentation needed, next-hop MTU ${error.nextHopMtu}`;
      return ICMP_UNREACHABLE_WORDS[error.code] ?? `unreachable, code ${error.code}`;
    case 4:
      return "source quench";
    case 5:
      return "redirect";
    case 11:
      return error.code === 0 ? "time to live exceeded in transit" : "fragment reassembly time exceeded";
    default:
      return "parameter problem";
  }
}
