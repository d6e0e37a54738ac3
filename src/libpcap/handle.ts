import { dataLinkOf } from "./data-link.ts";
import { LibpcapError } from "./error.ts";
import type { LibpcapLibrary } from "./library.ts";

/** Length of a pcap file's header, in bytes. */
const HEADER = 24;
/** PCAP_ERRBUF_SIZE. */
export const ERROR_LENGTH = 256;
/** pcap_datalink_name_to_val's answer for a name that is none. */
const NO_SUCH_NAME = -1;

/** An address of C. */
export type Pointer = bigint | number | null;

/** What a handle is to stand for. */
export interface Target {
  /** LINKTYPE_ value of a file, or a link type's name as tcpdump's -y takes it. */
  readonly link: number | string;
  /** In bytes; above 0. */
  readonly snapLength: number;
  /** Byte order of the file's writer, in which some link types' headers are; true when left out. */
  readonly littleEndian?: boolean;
}

/** A handle of libpcap (`pcap_t *`), and how to give it back. */
export interface Handle {
  readonly pointer: Pointer;
  readonly close: () => void;
}

/** Opens handles. Throws a `LibpcapError`. */
export type HandleOpener = (target: Target) => Handle;

/** The bytes of a pcap file without packets. */
export function emptyCapture(linkType: number, snapLength: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4, littleEndian);
  view.setUint16(4, 2, littleEndian);
  view.setUint16(6, 4, littleEndian);
  view.setUint32(16, snapLength, littleEndian);
  view.setUint32(20, linkType, littleEndian);
  return bytes;
}

/** Opens files as files, for libpcap compiles otherwise for devices, and names of link types as tcpdump does. */
export function handleOpener(library: LibpcapLibrary): HandleOpener {
  const openDead = deadOpener(library);
  const openFile = fileOpener(library);
  return (target) => {
    const { link, snapLength, littleEndian = true } = target;
    if (openFile === undefined || typeof link === "string") return openDead(target);
    return openFile(emptyCapture(link, snapLength, littleEndian));
  };
}

/** Handles of nothing but a link type. */
function deadOpener({ handle }: LibpcapLibrary): HandleOpener {
  const open: (dataLink: number, snapLength: number) => Pointer = handle.func(
    "void *pcap_open_dead(int linktype, int snaplen)",
  );
  const valueOf: (name: string) => number = handle.func("int pcap_datalink_name_to_val(const char *name)");
  const close: (pointer: Pointer) => void = handle.func("void pcap_close(void *p)");
  return ({ link, snapLength }) => {
    const dataLink = typeof link === "number" ? dataLinkOf(link) : valueOf(link);
    if (dataLink === NO_SUCH_NAME) throw new LibpcapError("refused", `invalid data link type ${link}`);
    const pointer = open(dataLink, snapLength);
    if (pointer === null) throw new LibpcapError("refused", "libpcap is out of memory");
    return { pointer, close: () => close(pointer) };
  };
}

/** Handles of files in memory; undefined where the C library has none (Windows). */
function fileOpener({ koffi, handle }: LibpcapLibrary): ((bytes: Uint8Array) => Handle) | undefined {
  if (process.platform === "win32") return undefined;
  const standard = koffi.load(null);
  const openMemory: (memory: Pointer, length: number, mode: string) => Pointer = standard.func(
    "void *fmemopen(void *memory, size_t length, const char *mode)",
  );
  const closeFile: (file: Pointer) => number = standard.func("int fclose(void *file)");
  const open: (file: Pointer, error: Uint8Array) => Pointer = handle.func(
    "void *pcap_fopen_offline(void *file, _Out_ uint8_t *error)",
  );
  const close: (pointer: Pointer) => void = handle.func("void pcap_close(void *p)");
  return (bytes) => {
    const memory: Pointer = koffi.alloc("uint8_t", bytes.length);
    new Uint8Array(koffi.view(memory, bytes.length)).set(bytes);
    const file = openMemory(memory, bytes.length, "rb");
    const error = new Uint8Array(ERROR_LENGTH);
    const pointer = file === null ? null : open(file, error);
    if (pointer === null) {
      if (file !== null) closeFile(file);
      koffi.free(memory);
      throw new LibpcapError("refused", textOf(error));
    }
    return {
      pointer,
      close() {
        // This closes the file, too.
        close(pointer);
        koffi.free(memory);
      },
    };
  };
}

/** The text in an error buffer. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(bytes.subarray(0, end === -1 ? bytes.length : end)) || "libpcap is out of memory";
}
