import { BootpValuePrinter, type ValueForm } from "./bootp-values.ts";
import type { Output } from "./output.ts";

const PAD = 0;
const END = 255;

/** The options of RFC 2132 and later: number, name, and how the value is printed. */
const OPTIONS: readonly (readonly [number, string, ValueForm])[] = [
  [1, "Subnet-Mask", "addresses"],
  [2, "Time-Zone", "integers"],
  [3, "Default-Gateway", "addresses"],
  [4, "Time-Server", "addresses"],
  [5, "IEN-Name-Server", "addresses"],
  [6, "Domain-Name-Server", "addresses"],
  [7, "LOG", "addresses"],
  [8, "CS", "addresses"],
  [9, "LPR-Server", "addresses"],
  [10, "IM", "addresses"],
  [11, "RL", "addresses"],
  [12, "Hostname", "text"],
  [13, "BS", "halves"],
  [14, "DP", "text"],
  [15, "Domain-Name", "text"],
  [16, "SS", "addresses"],
  [17, "RP", "text"],
  [18, "EP", "text"],
  [19, "IPF", "switches"],
  [20, "SRT", "switches"],
  [21, "PF", "pairs"],
  [22, "RSZ", "halves"],
  [23, "TTL", "bytes"],
  [24, "MTU-Timeout", "words"],
  [25, "MTU-Table", "halves"],
  [26, "MTU", "halves"],
  [27, "LSN", "switches"],
  [28, "BR", "addresses"],
  [29, "MD", "switches"],
  [30, "MS", "switches"],
  [31, "Router-Discovery", "switches"],
  [32, "RSA", "addresses"],
  [33, "Static-Route", "pairs"],
  [34, "UT", "switches"],
  [35, "AT", "words"],
  [36, "IE", "switches"],
  [37, "TT", "bytes"],
  [38, "KI", "words"],
  [39, "KG", "switches"],
  [40, "YD", "text"],
  [41, "YS", "addresses"],
  [42, "NTP", "addresses"],
  [43, "Vendor-Option", "bytes"],
  [44, "Netbios-Name-Server", "addresses"],
  [45, "WDD", "addresses"],
  [46, "Netbios-Node", "node"],
  [47, "Netbios-Scope", "text"],
  [48, "XFS", "addresses"],
  [49, "XDM", "addresses"],
  [50, "Requested-IP", "addresses"],
  [51, "Lease-Time", "words"],
  [52, "OO", "overload"],
  [53, "DHCP-Message", "message"],
  [54, "Server-ID", "addresses"],
  [55, "Parameter-Request", "codes"],
  [56, "MSG", "text"],
  [57, "MSZ", "halves"],
  [58, "RN", "words"],
  [59, "RB", "words"],
  [60, "Vendor-Class", "text"],
  [61, "Client-ID", "client"],
  [64, "N+D", "halves"],
  [65, "N+S", "addresses"],
  [66, "TFTP", "text"],
  [67, "BF", "text"],
  [68, "MH", "addresses"],
  [69, "SMTP", "addresses"],
  [70, "POP3", "addresses"],
  [71, "NNTP", "addresses"],
  [72, "WWW", "addresses"],
  [73, "FG", "addresses"],
  [74, "IRC", "addresses"],
  [75, "STS", "addresses"],
  [76, "STDA", "addresses"],
  [77, "User-Class", "classes"],
  [78, "SLP-DA", "bytes"],
  [79, "SLP-SCOPE", "bytes"],
  [80, "SLP-NA", "text"],
  [81, "FQDN", "name"],
  [82, "Agent-Information", "agent"],
  [83, "ARMT", "bytes"],
  [88, "TZSTR", "text"],
  [89, "FQDNS", "bytes"],
  [90, "AUTH", "bytes"],
  [91, "Last-Transaction-Time", "integers"],
  [92, "Associated-IP", "addresses"],
  [93, "ARCH", "halves"],
  [94, "NDI", "bytes"],
  [95, "LDAP", "text"],
  [97, "GUID", "bytes"],
  [98, "UAP", "text"],
  [100, "POSIX-TZ", "text"],
  [101, "TZ-Name", "text"],
  [112, "NI", "addresses"],
  [113, "NITAG", "text"],
  [114, "URL", "text"],
  [116, "NOAUTO", "switches"],
  [117, "NSSEARCH", "halves"],
  [118, "SUBNET", "addresses"],
  [121, "Classless-Static-Route", "routes"],
  [150, "TFTP-Server-Address", "addresses"],
  [161, "MUD-URL", "text"],
  [249, "Classless-Static-Route-Microsoft", "routes"],
];

const NAMES: readonly string[] = Array.from({ length: 256 }, () => "Unknown");
const FORMS: readonly ValueForm[] = Array.from({ length: 256 }, () => "unknown");
Object.assign(NAMES, Object.fromEntries(OPTIONS.map(([code, name]) => [code, name])), { [PAD]: "PAD", [END]: "END" });
Object.assign(FORMS, Object.fromEntries(OPTIONS.map(([code, , form]) => [code, form])));

/** Prints the options of a DHCP message (RFC 2132), a line each. */
export class BootpOptionsPrinter {
  readonly #out: Output;
  readonly #values: BootpValuePrinter;

  constructor(out: Output) {
    this.#out = out;
    this.#values = new BootpValuePrinter(out, NAMES);
  }

  /** Prints the options from `start` on, to the end option or the end of the capture. */
  print(start: number): void {
    const out = this.#out;
    const sink = out.sink;
    for (let at = start; out.has(at, 1) && !out.cut;) {
      const code = out.u8(at++);
      if (code === PAD) {
        at = this.#pads(at);
        continue;
      }
      if (code === END && out.options.verbosity <= 2) return;
      const length = code === END ? 0 : out.u8(at++);
      if (out.cut) return;
      sink.text(`\n\t    ${NAMES[code]!} (${code}), length ${length}`);
      if (length > 0) sink.text(": ");
      if (!out.need(at, length)) return;
      this.#values.print(code, FORMS[code]!, at, length);
      at += length;
    }
  }

  /** Skips pads; with `-vvv` says how many. */
  #pads(from: number): number {
    const out = this.#out;
    let at = from;
    while (out.has(at, 1) && out.u8(at) === PAD) at++;
    const count = at - from + 1;
    if (out.options.verbosity > 2) {
      out.sink.text(`\n\t    PAD (0), length 0`);
      if (count > 1) out.sink.text(`, occurs ${count}`);
    }
    return at;
  }
}
