#!/usr/bin/env node
// The bundle of src/cli, made by `npm run build`: few files start in half the time of the many that they are made of.
import module from "node:module";

// Where Node keeps what it has compiled (22.1 and later), the next start is faster.
if ("enableCompileCache" in module && typeof module.enableCompileCache === "function")
  Reflect.apply(module.enableCompileCache, module, []);

/** @type {{ main: (args: readonly string[]) => Promise<number> }} */
const { main } = await import(new URL("../dist/command/main.js", import.meta.url).href);

process.exitCode = await main(process.argv.slice(2));
