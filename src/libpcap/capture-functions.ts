import type { Pointer } from "./handle.ts";
import type { LibpcapLibrary } from "./library.ts";

/** Settings of a device that are one number each, made before it is activated: the name after `pcap_set_`. */
export type DeviceSetting =
  | "snaplen"
  | "promisc"
  | "rfmon"
  | "timeout"
  | "buffer_size"
  | "tstamp_type"
  | "tstamp_precision";

/** libpcap's functions about live capture (pcap(3PCAP)). */
export interface CaptureFunctions {
  create(device: string, error: Uint8Array): Pointer;
  set(setting: DeviceSetting, handle: Pointer, value: number): number;
  activate(handle: Pointer): number;
  close(handle: Pointer): void;
  errorText(handle: Pointer): string;
  statusText(status: number): string;
  dataLink(handle: Pointer): number;
  setDataLink(handle: Pointer, value: number): number;
  dataLinkValue(name: string): number;
  dataLinkName(value: number): string | null;
  dataLinkDescription(value: number): string | null;
  snapLength(handle: Pointer): number;
  setNonBlocking(handle: Pointer, on: number, error: Uint8Array): number;
  setDirection(handle: Pointer, direction: number): number;
  setFilter(handle: Pointer, program: unknown): number;
  lookUpNet(device: string, net: Uint32Array, mask: Uint32Array, error: Uint8Array): number;
  /** `callback`: the address of a function of C. */
  dispatch(handle: Pointer, count: number, callback: Pointer, user: Pointer): number;
  /** `numbers`: received, dropped, dropped by the interface. */
  statistics(handle: Pointer, numbers: Uint32Array): number;
  /** -1 where there is none. */
  descriptor(handle: Pointer): number;
  dumpOpen(handle: Pointer, file: Pointer): Pointer;
  dumpFlush(dumper: Pointer): number;
  dumpClose(dumper: Pointer): void;
  /** The address of libpcap's own callback that writes a packet as a record of a pcap file. */
  readonly dump: Pointer;
  timestampTypeValue(name: string): number;
  timestampTypeName(value: number): string | null;
  timestampTypeDescription(value: number): string | null;
  /** Numbers that a function gives in a list of its own, as `pcap_list_datalinks` does; a status below 0 when it failed. */
  list(which: "datalinks" | "tstamp_types", handle: Pointer): readonly number[] | number;
}

const SETTINGS: readonly DeviceSetting[] = [
  "snaplen",
  "promisc",
  "rfmon",
  "timeout",
  "buffer_size",
  "tstamp_type",
  "tstamp_precision",
];

export function captureFunctions(library: LibpcapLibrary): CaptureFunctions {
  const { handle } = library;
  const setters = new Map(SETTINGS.map((name) => [name, handle.func(`int pcap_set_${name}(void *p, int value)`)]));
  return {
    create: handle.func("void *pcap_create(const char *device, _Out_ uint8_t *error)"),
    set: (setting, pointer, value) => Number(setters.get(setting)?.(pointer, value)),
    activate: handle.func("int pcap_activate(void *p)"),
    close: handle.func("void pcap_close(void *p)"),
    errorText: handle.func("const char *pcap_geterr(void *p)"),
    statusText: handle.func("const char *pcap_statustostr(int status)"),
    dataLink: handle.func("int pcap_datalink(void *p)"),
    setDataLink: handle.func("int pcap_set_datalink(void *p, int value)"),
    dataLinkValue: handle.func("int pcap_datalink_name_to_val(const char *name)"),
    dataLinkName: handle.func("const char *pcap_datalink_val_to_name(int value)"),
    dataLinkDescription: handle.func("const char *pcap_datalink_val_to_description(int value)"),
    snapLength: handle.func("int pcap_snapshot(void *p)"),
    setNonBlocking: handle.func("int pcap_setnonblock(void *p, int on, _Out_ uint8_t *error)"),
    setDirection: handle.func("int pcap_setdirection(void *p, int direction)"),
    setFilter: handle.func("int pcap_setfilter(void *p, void *program)"),
    lookUpNet: handle.func(
      "int pcap_lookupnet(const char *device, _Out_ uint32_t *net, _Out_ uint32_t *mask, _Out_ uint8_t *error)",
    ),
    dispatch: handle.func("int pcap_dispatch(void *p, int count, void *callback, void *user)"),
    statistics: handle.func("int pcap_stats(void *p, _Out_ uint32_t *numbers)"),
    // There is no select(2) for them on Windows, and no such function.
    descriptor: process.platform === "win32" ? () => -1 : handle.func("int pcap_get_selectable_fd(void *p)"),
    dumpOpen: handle.func("void *pcap_dump_fopen(void *p, void *file)"),
    dumpFlush: handle.func("int pcap_dump_flush(void *dumper)"),
    dumpClose: handle.func("void pcap_dump_close(void *dumper)"),
    dump: handle.symbol("pcap_dump"),
    timestampTypeValue: handle.func("int pcap_tstamp_type_name_to_val(const char *name)"),
    timestampTypeName: handle.func("const char *pcap_tstamp_type_val_to_name(int value)"),
    timestampTypeDescription: handle.func("const char *pcap_tstamp_type_val_to_description(int value)"),
    list: lister(library),
  };
}

function lister({ koffi, handle }: LibpcapLibrary): CaptureFunctions["list"] {
  const functions = {
    datalinks: [
      handle.func("int pcap_list_datalinks(void *p, void *list)"),
      handle.func("void pcap_free_datalinks(void *list)"),
    ],
    tstamp_types: [
      handle.func("int pcap_list_tstamp_types(void *p, void *list)"),
      handle.func("void pcap_free_tstamp_types(void *list)"),
    ],
  } as const;
  return (which, pointer) => {
    const [list, free] = functions[which];
    const box: Pointer = koffi.alloc("void *", 1);
    try {
      const count: number = list(pointer, box);
      if (count < 0) return count;
      const values: Pointer = koffi.decode(box, "void *");
      if (values === null) return [];
      const numbers = [...new Int32Array(koffi.view(values, 4 * count))];
      free(values);
      return numbers;
    } finally {
      koffi.free(box);
    }
  };
}
