/** What an errno is called and numbered on the families of systems. */
interface ErrnoNumbers {
  readonly linux: number;
  /** FreeBSD and macOS; null: there is none, or they differ. */
  readonly bsd: number | null;
  /** Name and number in Winsock; null: there is none. */
  readonly windows: readonly [string, number] | null;
  /** As strerror() says it. */
  readonly text: string;
}

const row = (
  linux: number,
  bsd: number | null,
  windows: readonly [string, number] | null,
  text: string,
): ErrnoNumbers => ({
  linux,
  bsd,
  windows,
  text,
});

/** Errors of sockets, by their name: Linux asm-generic/errno.h, BSD sys/errno.h, Windows winsock2.h. */
export const ERRNO_NUMBERS: Readonly<Record<string, ErrnoNumbers>> = {
  EPERM: row(1, 1, null, "Operation not permitted"),
  EINTR: row(4, 4, ["WSAEINTR", 10004], "Interrupted system call"),
  EBADF: row(9, 9, ["WSAEBADF", 10009], "Bad file descriptor"),
  EAGAIN: row(11, 35, ["WSAEWOULDBLOCK", 10035], "Resource temporarily unavailable"),
  ENOMEM: row(12, 12, null, "Cannot allocate memory"),
  EACCES: row(13, 13, ["WSAEACCES", 10013], "Permission denied"),
  EFAULT: row(14, 14, ["WSAEFAULT", 10014], "Bad address"),
  EBUSY: row(16, 16, null, "Device or resource busy"),
  EINVAL: row(22, 22, ["WSAEINVAL", 10022], "Invalid argument"),
  ENFILE: row(23, 23, null, "Too many open files in system"),
  EMFILE: row(24, 24, ["WSAEMFILE", 10024], "Too many open files"),
  EPIPE: row(32, 32, null, "Broken pipe"),
  ENONET: row(64, null, null, "Machine is not on the network"),
  EPROTO: row(71, null, null, "Protocol error"),
  ENOTSOCK: row(88, 38, ["WSAENOTSOCK", 10038], "Socket operation on non-socket"),
  EDESTADDRREQ: row(89, 39, ["WSAEDESTADDRREQ", 10039], "Destination address required"),
  EMSGSIZE: row(90, 40, ["WSAEMSGSIZE", 10040], "Message too long"),
  EPROTOTYPE: row(91, 41, ["WSAEPROTOTYPE", 10041], "Protocol wrong type for socket"),
  ENOPROTOOPT: row(92, 42, ["WSAENOPROTOOPT", 10042], "Protocol not available"),
  EPROTONOSUPPORT: row(93, 43, ["WSAEPROTONOSUPPORT", 10043], "Protocol not supported"),
  ESOCKTNOSUPPORT: row(94, 44, ["WSAESOCKTNOSUPPORT", 10044], "Socket type not supported"),
  EOPNOTSUPP: row(95, null, ["WSAEOPNOTSUPP", 10045], "Operation not supported"),
  EPFNOSUPPORT: row(96, 46, ["WSAEPFNOSUPPORT", 10046], "Protocol family not supported"),
  EAFNOSUPPORT: row(97, 47, ["WSAEAFNOSUPPORT", 10047], "Address family not supported by protocol"),
  EADDRINUSE: row(98, 48, ["WSAEADDRINUSE", 10048], "Address already in use"),
  EADDRNOTAVAIL: row(99, 49, ["WSAEADDRNOTAVAIL", 10049], "Cannot assign requested address"),
  ENETDOWN: row(100, 50, ["WSAENETDOWN", 10050], "Network is down"),
  ENETUNREACH: row(101, 51, ["WSAENETUNREACH", 10051], "Network is unreachable"),
  ENETRESET: row(102, 52, ["WSAENETRESET", 10052], "Network dropped connection on reset"),
  ECONNABORTED: row(103, 53, ["WSAECONNABORTED", 10053], "Software caused connection abort"),
  ECONNRESET: row(104, 54, ["WSAECONNRESET", 10054], "Connection reset by peer"),
  ENOBUFS: row(105, 55, ["WSAENOBUFS", 10055], "No buffer space available"),
  EISCONN: row(106, 56, ["WSAEISCONN", 10056], "Transport endpoint is already connected"),
  ENOTCONN: row(107, 57, ["WSAENOTCONN", 10057], "Transport endpoint is not connected"),
  ESHUTDOWN: row(108, 58, ["WSAESHUTDOWN", 10058], "Cannot send after transport endpoint shutdown"),
  ETIMEDOUT: row(110, 60, ["WSAETIMEDOUT", 10060], "Connection timed out"),
  ECONNREFUSED: row(111, 61, ["WSAECONNREFUSED", 10061], "Connection refused"),
  EHOSTDOWN: row(112, 64, ["WSAEHOSTDOWN", 10064], "Host is down"),
  EHOSTUNREACH: row(113, 65, ["WSAEHOSTUNREACH", 10065], "No route to host"),
  EALREADY: row(114, 37, ["WSAEALREADY", 10037], "Operation already in progress"),
  EINPROGRESS: row(115, 36, ["WSAEINPROGRESS", 10036], "Operation now in progress"),
};
