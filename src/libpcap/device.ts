import { captureFunctions, type CaptureFunctions } from "./capture-functions.ts";
import { LibpcapCompiler } from "./compile.ts";
import type { Direction } from "./direction.ts";
import { statusError, statusWords } from "./device-status.ts";
import { LibpcapError } from "./error.ts";
import { ERROR_LENGTH, type Pointer, textOf } from "./handle.ts";
import type { LibpcapLibrary } from "./library.ts";
import { MemoryStream } from "./memory-stream.ts";
import { type Socket, socketOf } from "./socket.ts";

/** How a device is opened. */
export interface DeviceOptions {
  readonly device: string;
  /** pcap-filter(7); "" takes everything. It is compiled for the device and run by the kernel. */
  readonly expression: string;
  readonly optimize: boolean;
  /** Bytes kept of a packet at most. */
  readonly snapLength: number;
  readonly promiscuous: boolean;
  /** Monitor mode, of 802.11. */
  readonly monitor: boolean;
  /** Bytes of the kernel's buffer; libpcap's own choice when left out. */
  readonly bufferSize?: number | undefined;
  /** How long the kernel may gather packets before it hands them over, in milliseconds. */
  readonly gathering: number;
  /** The link type's name, as `tcpdump -y` takes it; the device's first one when left out. */
  readonly linkType?: string | undefined;
  /** The name of where times come from, as `tcpdump -j` takes it. */
  readonly timestampType?: string | undefined;
  readonly direction: Direction;
}

/** Numbers of packets since the device was opened; those of 32 bits begin again at 0. */
export interface DeviceStatistics {
  /** Matching packets, with those that were dropped on Linux, without on some other systems. */
  readonly received: number;
  /** For lack of room in the kernel's buffer. */
  readonly dropped: number;
  /** By the interface or its driver, where that is known. */
  readonly interfaceDropped: number;
}

/** Packets moved at once, so that memory is bounded: 64 MiB when all are as long as offloading makes them. */
const BATCH = 1024;
const FILE_HEADER = 24;
/** Link type of the header in a file; the bits above tell of other things. */
const LINK_TYPE_AT = 20;
const LINK_TYPE_BITS = 0x03ffffff;
const DLT_LINUX_SLL = 113;
const DLT_LINUX_SLL2 = 276;
const PRECISION_NANO = 1;
const DIRECTIONS: Readonly<Record<Direction, number>> = { inout: 0, in: 1, out: 2 };
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * An open device. Packets are moved by libpcap's own `pcap_dump` into memory, as records
 * of a pcap file: no function of ours is called for a packet, and none of libpcap's blocks.
 */
export class Device {
  /** The header of the pcap file that the records belong to. */
  readonly header: Uint8Array;
  /** LINKTYPE_ value. */
  readonly linkType: number;
  /** "EN10MB", and "Ethernet"; the number and "" when libpcap knows no name. */
  readonly linkName: string;
  readonly linkDescription: string;
  readonly snapLength: number;
  /** What libpcap wants people to know, although the device is open. */
  readonly warnings: readonly string[];
  readonly #functions: CaptureFunctions;
  readonly #handle: Pointer;
  readonly #stream: MemoryStream;
  readonly #dumper: Pointer;
  readonly #socket: Socket;
  readonly #numbers = new Uint32Array(3);
  #open = true;

  private constructor(library: LibpcapLibrary, functions: CaptureFunctions, handle: Pointer, warnings: string[]) {
    this.#functions = functions;
    this.#handle = handle;
    this.warnings = warnings;
    this.#stream = new MemoryStream(library);
    this.#dumper = functions.dumpOpen(handle, this.#stream.file);
    // The first flush writes the file's header.
    this.#flush();
    this.header = this.#stream.bytes().slice(0, FILE_HEADER);
    this.#stream.rewind();
    this.linkType = new DataView(this.header.buffer).getUint32(LINK_TYPE_AT, LITTLE_ENDIAN) & LINK_TYPE_BITS;
    const dataLink = functions.dataLink(handle);
    this.linkName = functions.dataLinkName(dataLink) ?? String(dataLink);
    this.linkDescription = functions.dataLinkDescription(dataLink) ?? "";
    this.snapLength = functions.snapLength(handle);
    this.#socket = socketOf(library, functions.descriptor(handle));
    this.#socket.closeOnExec();
  }

  /** Throws a `LibpcapError` with libpcap's own words. */
  static open(library: LibpcapLibrary, options: DeviceOptions): Device {
    const functions = captureFunctions(library);
    const { handle, warnings } = activated(functions, options, true);
    try {
      chooseLinkType(functions, handle, options.linkType);
      installFilter(library, functions, handle, options);
      if (options.direction !== "inout") chooseDirection(functions, handle, options.direction);
      const error = new Uint8Array(ERROR_LENGTH);
      if (functions.setNonBlocking(handle, 1, error) < 0) throw new LibpcapError("device-failed", textOf(error));
      return new Device(library, functions, handle, warnings);
    } catch (error) {
      functions.close(handle);
      throw error;
    }
  }

  /** To wait on, for packets; -1 where that is not possible. */
  get descriptor(): number {
    return this.#socket.descriptor;
  }

  /**
   * Takes packets that the kernel has, and never waits: whole records, none when there is nothing. They
   * hold until the next call or `close`. Throws a `LibpcapError` when the device does not work any more.
   */
  take(): Uint8Array {
    this.#stream.rewind();
    const answer = this.#functions.dispatch(this.#handle, BATCH, this.#functions.dump, this.#dumper);
    if (answer < 0) throw statusError(this.#functions, this.#handle, answer);
    this.#flush();
    return this.#stream.bytes();
  }

  statistics(): DeviceStatistics {
    const numbers = this.#numbers;
    const answer = this.#functions.statistics(this.#handle, numbers);
    if (answer < 0) throw statusError(this.#functions, this.#handle, answer);
    const [received = 0, dropped = 0, interfaceDropped = 0] = numbers;
    return { received, dropped, interfaceDropped };
  }

  /** From here on the kernel takes no more packets; those that it has can still be taken. False where that is not possible. */
  refuseMore(): boolean {
    return this.#socket.refuseAll();
  }

  /** May be called twice. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    // This closes the stream's file, too.
    this.#functions.dumpClose(this.#dumper);
    this.#stream.free();
    this.#functions.close(this.#handle);
  }

  /** pcap_dump says nothing of what it cannot write, but this does. */
  #flush(): void {
    if (this.#functions.dumpFlush(this.#dumper) !== 0) throw new LibpcapError("device-failed", "out of memory");
  }
}

interface Activated {
  readonly handle: Pointer;
  readonly warnings: string[];
}

/** An open handle, with the settings that are made before. `capturing`: false for one that is only asked what the device can. */
export function activated(functions: CaptureFunctions, options: DeviceOptions, capturing: boolean): Activated {
  const error = new Uint8Array(ERROR_LENGTH);
  const handle = functions.create(options.device, error);
  if (handle === null) throw new LibpcapError("device-failed", textOf(error));
  try {
    const warnings: string[] = [];
    functions.set("snaplen", handle, options.snapLength);
    functions.set("promisc", handle, Number(options.promiscuous && capturing));
    functions.set("timeout", handle, options.gathering);
    if (options.monitor) functions.set("rfmon", handle, 1);
    if (options.bufferSize !== undefined) functions.set("buffer_size", handle, options.bufferSize);
    // Where there are no nanoseconds, the header of the records says so.
    functions.set("tstamp_precision", handle, PRECISION_NANO);
    if (options.timestampType !== undefined) chooseTimestampType(functions, handle, options.timestampType, warnings);
    const status = functions.activate(handle);
    if (status < 0) throw statusError(functions, handle, status);
    if (status > 0) warnings.push(statusWords(functions, handle, status));
    return { handle, warnings };
  } catch (failure) {
    functions.close(handle);
    throw failure;
  }
}

function chooseTimestampType(functions: CaptureFunctions, handle: Pointer, name: string, warnings: string[]): void {
  const value = functions.timestampTypeValue(name);
  if (value < 0) throw new LibpcapError("not-supported", `invalid time stamp type ${name}`);
  const status = functions.set("tstamp_type", handle, value);
  if (status !== 0) warnings.push(`time stamp type ${name}: ${functions.statusText(status)}`);
}

/** Without a name, the newer of the two that `any` has: it tells the interface. */
function chooseLinkType(functions: CaptureFunctions, handle: Pointer, name: string | undefined): void {
  if (name === undefined) {
    if (functions.dataLink(handle) === DLT_LINUX_SLL) functions.setDataLink(handle, DLT_LINUX_SLL2);
    return;
  }
  const value = functions.dataLinkValue(name);
  if (value < 0) throw new LibpcapError("not-supported", `invalid data link type ${name}`);
  if (functions.setDataLink(handle, value) !== 0) {
    throw new LibpcapError("not-supported", functions.errorText(handle));
  }
}

function installFilter(
  library: LibpcapLibrary,
  functions: CaptureFunctions,
  handle: Pointer,
  { device, expression, optimize }: DeviceOptions,
): void {
  if (expression === "") return;
  const mask = new Uint32Array(1);
  // Without a network there is no mask: then `ip broadcast` means the addresses of all ones and all zeros.
  if (functions.lookUpNet(device, new Uint32Array(1), mask, new Uint8Array(ERROR_LENGTH)) < 0) mask[0] = 0;
  new LibpcapCompiler(library).compileFor(handle, { expression, optimize }, mask[0] ?? 0, (program) => {
    const status = functions.setFilter(handle, program);
    if (status < 0) throw statusError(functions, handle, status);
  });
}

function chooseDirection(functions: CaptureFunctions, handle: Pointer, direction: Direction): void {
  const status = functions.setDirection(handle, DIRECTIONS[direction]);
  if (status < 0) throw new LibpcapError("not-supported", statusWords(functions, handle, status));
}
