/** Procedures of version 3 (RFC 1813 section 3), and "nop" for those of version 2 that are gone. */
export const PROCEDURES: readonly (string | undefined)[] = [
  "null",
  "getattr",
  "setattr",
  "lookup",
  "access",
  "readlink",
  "read",
  "write",
  "create",
  "mkdir",
  "symlink",
  "mknod",
  "remove",
  "rmdir",
  "rename",
  "link",
  "readdir",
  "readdirplus",
  "fsstat",
  "fsinfo",
  "pathconf",
  "commit",
  undefined,
  undefined,
  undefined,
  "nop",
];

/** What the procedures of version 2 (RFC 1094 section 2.2) are among them. */
export const VERSION_2_PROCEDURES: readonly number[] = [
  0, 1, 2, 25, 3, 5, 6, 25, 7, 8, 12, 14, 15, 10, 9, 13, 16, 18, 25, 25, 25, 25, 25, 25, 25, 25,
];

/** Types of files (RFC 1094 section 2.3.2, RFC 1813 section 2.6). */
export const FILE_TYPES: readonly (string | undefined)[] = [
  "NON",
  "REG",
  "DIR",
  "BLK",
  "CHR",
  "LNK",
  undefined,
  "FIFO",
];

/** RFC 1813 section 3.3.7. */
export const WRITE_MODES: readonly (string | undefined)[] = ["unstable", "datasync", "filesync"];

/** Status codes (RFC 1094 section 2.3.1, RFC 1813 section 2.6; others are those of 4.4BSD's errno). */
export const ERRORS: Readonly<Record<number, string>> = {
  1: "Operation not permitted",
  2: "No such file or directory",
  5: "Input/output error",
  6: "Device not configured",
  11: "Resource deadlock avoided",
  12: "Cannot allocate memory",
  13: "Permission denied",
  17: "File exists",
  18: "Cross-device link",
  19: "Operation not supported by device",
  20: "Not a directory",
  21: "Is a directory",
  22: "Invalid argument",
  26: "Text file busy",
  27: "File too large",
  28: "No space left on device",
  30: "Read-only file system",
  31: "Too many links",
  45: "Operation not supported",
  62: "Too many levels of symbolic links",
  63: "File name too long",
  66: "Directory not empty",
  69: "Disc quota exceeded",
  70: "Stale NFS file handle",
  71: "Too many levels of remote in path",
  99: "Write cache flushed to disk",
  10001: "Illegal NFS file handle",
  10002: "Update synchronization mismatch",
  10003: "READDIR/READDIRPLUS cookie is stale",
  10004: "Operation not supported",
  10005: "Buffer or request is too small",
  10006: "Unspecified error on server",
  10007: "Object of that type not supported",
  10008: "Request couldn't be completed in time",
};
