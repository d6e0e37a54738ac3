/**
 * A filter as a function: runs a program on the frame whose captured bytes are
 * `view[start, start + capturedLength)`. Gives the number of bytes that the
 * program returns: 0 when the frame does not match.
 */
export type Match = (view: DataView, start: number, capturedLength: number, wireLength: number) => number;
