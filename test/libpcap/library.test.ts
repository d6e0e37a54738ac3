import fs from "node:fs";
import koffi from "koffi";
import { expect, test } from "vitest";
import { dataLinkOf } from "../../src/libpcap/data-link.ts";
import { KOFFI_VERSION, koffiBinary } from "../../src/libpcap/koffi.ts";
import { libraryNames, loadLibpcap } from "../../src/libpcap/library.ts";
import { pcapHeader } from "../capture/bytes.ts";
import { temporaryFile } from "../capture/read.ts";

test("libpcap has another name on each platform", () => {
  expect(libraryNames("linux")).toEqual(["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"]);
  expect(libraryNames("darwin")[0]).toBe("/usr/lib/libpcap.A.dylib");
  expect(libraryNames("win32")).toEqual([expect.stringMatching(/\\System32\\Npcap\\wpcap\.dll$/), "wpcap.dll"]);
  expect(libraryNames("sunos")).toEqual(["libpcap.so"]);
});

test("names are tried one after the other", async () => {
  const { handle } = await loadLibpcap(undefined, ["libpcap-is-not-here.so", ...libraryNames()]);
  expect(handle.func("const char *pcap_lib_version(void)")()).toMatch(/libpcap version 1\./);
});

test("a library that is not there is named", async () => {
  const code = "no-library";
  const message = "libpcap is not installed (tried libpcap.so.98, libpcap.so.99)";
  await expect(loadLibpcap(undefined, ["libpcap.so.98", "libpcap.so.99"])).rejects.toMatchObject({ code, message });
});

test("the binary of koffi alone is taken where it is the one that is installed", async () => {
  const manifest: { optionalDependencies: object } = JSON.parse(
    fs.readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  expect(manifest.optionalDependencies).toMatchObject({ koffi: KOFFI_VERSION });
  if (process.platform !== "linux" || process.arch !== "x64" || fs.existsSync("/lib/ld-musl-x86_64.so.1")) return;
  expect(koffiBinary()?.version).toBe(koffi.version);
  await expect(loadLibpcap()).resolves.toMatchObject({ koffi: koffiBinary() });
});

test("koffi may be missing", async () => {
  const missing = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
  const expected = { name: "LibpcapError", code: "no-koffi", message: "koffi is not installed", cause: missing };
  await expect(loadLibpcap(() => Promise.reject(missing))).rejects.toMatchObject(expected);
});

test("koffi may have no binary for the platform", async () => {
  const broken = new Error("Cannot find the native Koffi module\nSearched in:");
  const message = "koffi cannot be loaded: Cannot find the native Koffi module";
  await expect(loadLibpcap(() => Promise.reject(broken))).rejects.toMatchObject({ code: "no-koffi", message });
});

test("koffi's stack is enlarged before the first library is loaded, and left alone afterwards", async () => {
  await loadLibpcap();
  expect(koffi.config().sync_stack_size).toBe(16 << 20);
  await loadLibpcap();
  const stubborn = {
    ...koffi,
    config: (change?: object): object => (change === undefined ? { sync_stack_size: 1 } : fail()),
  };
  await expect(loadLibpcap(() => Promise.resolve(stubborn))).resolves.toMatchObject({
    koffi: stubborn,
  });
});

function fail(): never {
  throw new Error("Cannot change Koffi configuration once a library has been loaded");
}

test("link types of files have libpcap's own numbers", async () => {
  const { handle } = await loadLibpcap();
  const open = handle.func("void *pcap_open_offline(const char *name, _Out_ uint8_t *error)");
  const dataLink = handle.func("int pcap_datalink(void *handle)");
  const close = handle.func("void pcap_close(void *handle)");
  const file = temporaryFile(pcapHeader());
  for (let linkType = 0; linkType < 320; linkType++) {
    fs.writeFileSync(file, pcapHeader({ linkType }));
    const capture: unknown = open(file, new Uint8Array(256));
    expect([linkType, dataLinkOf(linkType)]).toEqual([linkType, dataLink(capture)]);
    close(capture);
  }
  expect(dataLinkOf(101)).not.toBe(101);
});
