import fs from "node:fs";
import { CaptureError } from "./error.ts";
import { reasonOf } from "./input.ts";
import { StandardPipe } from "./standard-pipe.ts";
import { writeError } from "./write-error.ts";

const STANDARD_OUTPUT = 1;

/** Where the last whole record ends that lies in `bytes[from, to)`, which starts with a record (or the file's header). */
type WholeRecords = (bytes: Uint8Array, from: number, to: number) => number;

/** A file that grows at its end, or standard output. All methods throw a `CaptureError` when the bytes cannot be written. */
export class FileOutput {
  readonly name: string;
  readonly #descriptor: number;
  /** Undefined: the output is a file. */
  readonly #pipe: StandardPipe | undefined;
  #closed = false;
  #failed = false;

  private constructor(name: string, descriptor: number) {
    this.name = name;
    this.#descriptor = descriptor;
    this.#pipe = descriptor === STANDARD_OUTPUT && !fs.fstatSync(descriptor).isFile() ? standardPipe : undefined;
  }

  /** Makes the file, or empties it; "-" is standard output. */
  static create(path: string): FileOutput {
    if (path === "-") return new FileOutput("standard output", STANDARD_OUTPUT);
    try {
      return new FileOutput(path, fs.openSync(path, "w"));
    } catch (error) {
      throw new CaptureError("cannot-write", `${path}: cannot be written: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** Whether bytes could not be written: then the file stays as it is. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Hands `bytes[from, to)` to the system; what does not fit is cut off at a record, so that the file stays readable. */
  write(bytes: Uint8Array, from: number, to: number, whole: WholeRecords): void {
    if (this.#failed) return;
    let at = from;
    try {
      if (this.#pipe !== undefined) this.#pipe.write(bytes, from, to);
      else while (at < to) at += fs.writeSync(this.#descriptor, bytes, at, to - at);
    } catch (error) {
      throw this.#failure(error, at - whole(bytes, from, at));
    }
  }

  /** Overwrites four bytes; not possible, and not done, where the output is no file of its own. */
  patch(position: number, bytes: Uint8Array): void {
    if (this.#descriptor === STANDARD_OUTPUT || !fs.fstatSync(this.#descriptor).isFile()) return;
    fs.writeSync(this.#descriptor, bytes, 0, 4, position);
  }

  /** Gives the file back; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#pipe !== undefined) this.#pipe.flush();
      else if (this.#descriptor !== STANDARD_OUTPUT) fs.closeSync(this.#descriptor);
    } catch (error) {
      throw this.#failure(error, 0);
    }
  }

  /** `surplus`: bytes at the end of the file that belong to a record which is not whole. */
  #failure(error: unknown, surplus: number): CaptureError {
    this.#failed = true;
    return writeError(
      this.name,
      error,
      this.#cut(surplus) ? "; it was cut after the last frame that fits, and can be read" : "",
    );
  }

  /** Whether the file ends with a whole record. */
  #cut(surplus: number): boolean {
    try {
      const status = fs.fstatSync(this.#descriptor);
      if (!status.isFile()) return false;
      fs.ftruncateSync(this.#descriptor, status.size - surplus);
      return true;
    } catch {
      return false;
    }
  }
}

/** What is written with -w -, where that is no file. */
export const standardPipe: StandardPipe = new StandardPipe((error) => writeError("standard output", error));
