import type { IcmpError } from "./connection.ts";

/** Linux's icmp_err_convert: errno of ICMP type 3 by its code, measured for all 16 on Linux 6.18; "": connect() goes on. */
const ICMP_UNREACHABLE_ERRNO: readonly string[] = [
  "ENETUNREACH",
  "EHOSTUNREACH",
  "ENOPROTOOPT",
  "ECONNREFUSED",
  "",
  "EOPNOTSUPP",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENONET",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EHOSTUNREACH",
  "EHOSTUNREACH",
  "EHOSTUNREACH",
];

/** ICMPv6 type 1 by its code, measured on Linux 6.18. */
const ICMPV6_UNREACHABLE_ERRNO: readonly string[] = [
  "ENETUNREACH",
  "EACCES",
  "EHOSTUNREACH",
  "EHOSTUNREACH",
  "ECONNREFUSED",
  "EACCES",
  "EACCES",
  "EPROTO",
  "EPROTO",
];

/** The errno that Linux gives for an ICMP error; "": it is ignored, or only lowers the path MTU. */
export function icmpErrno(error: IcmpError): string {
  if (error.version === 6) {
    if (error.type === 1) return ICMPV6_UNREACHABLE_ERRNO[error.code] ?? "EPROTO";
    if (error.type === 3) return "EHOSTUNREACH";
    return error.type === 4 ? "EPROTO" : "";
  }
  if (error.type === 3) return ICMP_UNREACHABLE_ERRNO[error.code] ?? "";
  if (error.type === 11) return error.code === 0 ? "EHOSTUNREACH" : "";
  return error.type === 12 ? "EPROTO" : "";
}
