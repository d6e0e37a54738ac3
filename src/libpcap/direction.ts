/** Which packets of a device, seen from the host. */
export type Direction = "in" | "out" | "inout";
