import type { Frame } from "../wire/frame.ts";
import type { CaptureSource } from "./source.ts";
import { strftime } from "./strftime.ts";
import type { CaptureWriter, CreateWriter } from "./writer.ts";

/** When a new file begins, and how files are named, as tcpdump's -C, -G and -W say it. */
export interface RotationOptions {
  /** -w: the name, a strftime(3) format when `seconds` is given. */
  readonly path: string;
  /** -C, in bytes: a frame that comes when the file is already larger begins the next one. */
  readonly size?: number | undefined;
  /** -G: a frame that was captured so many seconds after the first one of the file begins the next one. */
  readonly seconds?: number | undefined;
  /** -W: with `size` alone the files are a ring of so many; with `seconds` alone it is the number of files at most. */
  readonly count?: number | undefined;
  /** Called with the name of each file that is complete. */
  readonly onComplete?: ((path: string) => void) | undefined;
  /** Called with the name of each file before it is made. */
  readonly onCreate?: ((path: string) => void) | undefined;
}

/** Whether a file of that name may be written a second time. */
export function reusesNames({ path, size, seconds, count }: RotationOptions): boolean {
  if (seconds !== undefined) return !/%[a-zA-Z]/.test(path);
  return size !== undefined && count !== undefined;
}

/**
 * One output after the other. Time is that of the frames, so a capture that is
 * read is split as if it had been captured like that; the boundaries are full
 * periods after the first frame of a file, as tcpdump has them.
 */
export class Rotation {
  readonly #options: RotationOptions;
  readonly #create: CreateWriter;
  readonly #digits: number;
  #writer: CaptureWriter | undefined = undefined;
  #source: CaptureSource | undefined = undefined;
  #name = "";
  /** When the file began, in seconds since 1970. */
  #began = 0;
  /** Files that -G has completed, and the number of the file by -C. */
  #periods = 0;
  #number = 0;

  constructor(options: RotationOptions, create: CreateWriter) {
    this.#options = options;
    this.#create = create;
    // As many as the last number of `count` files has.
    const { size, count = 1 } = options;
    this.#digits = size === undefined || count === 1 ? 0 : String(count - 1).length;
  }

  /** An input is open. Without -G the first file is made now, also if no frame follows. */
  open(source: CaptureSource): void {
    this.#source = source;
    if (this.#writer !== undefined) this.#writer.open(source);
    else if (this.#options.seconds === undefined && source.linkType >= 0) this.#next(source);
  }

  /** Writes the frame; false when -W and -G allow no further file. */
  add(frame: Frame, source: CaptureSource): boolean {
    const { size, seconds } = this.#options;
    if (this.#writer === undefined) {
      this.#began = frame.seconds;
      this.#next(source);
    }
    if (seconds !== undefined && frame.seconds - this.#began >= seconds && !this.#nextPeriod(frame, source))
      return false;
    if (size !== undefined && this.#writer!.size > size) this.#nextNumber(source);
    this.#writer!.add(frame, source);
    return true;
  }

  settle(): void {
    this.#writer?.settle();
  }

  flush(): void {
    this.#writer?.flush();
  }

  /** The input has ended. A capture without frames is a file too. */
  close(): void {
    if (this.#writer === undefined && this.#source !== undefined && this.#source.linkType >= 0)
      this.#next(this.#source);
    this.#complete();
  }

  #nextPeriod(frame: Frame, source: CaptureSource): boolean {
    const { size, count } = this.#options;
    this.#complete();
    this.#source = undefined;
    this.#periods++;
    if (size === undefined && count !== undefined && this.#periods >= count) return false;
    this.#began = frame.seconds;
    this.#number = 0;
    this.#next(source);
    return true;
  }

  #nextNumber(source: CaptureSource): void {
    const { seconds, count } = this.#options;
    this.#complete();
    this.#number++;
    // With -G the number of files is not limited: -W gives their digits only.
    if (count !== undefined && seconds === undefined && this.#number >= count) this.#number = 0;
    this.#next(source);
  }

  #next(source: CaptureSource): void {
    const { path, seconds, onCreate } = this.#options;
    const named = seconds === undefined ? path : strftime(path, this.#began);
    const plain = this.#number === 0 && this.#digits === 0;
    this.#name = plain ? named : named + String(this.#number).padStart(this.#digits, "0");
    onCreate?.(this.#name);
    this.#writer = this.#create(this.#name, source);
    this.#writer.open(source);
  }

  #complete(): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    writer.close();
    if (!writer.failed) this.#options.onComplete?.(this.#name);
  }
}
