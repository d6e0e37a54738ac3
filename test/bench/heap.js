// Loaded before a program by `node --import`: writes what its memory is made of to file descriptor 3, a line of JSON every so many milliseconds.
import fs from "node:fs";

const every = Number(process.env["HEAP_EVERY"] ?? 10_000);
setInterval(() => {
  fs.writeSync(3, `${JSON.stringify(process.memoryUsage())}\n`);
}, every).unref();
