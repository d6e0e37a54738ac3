import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { CAUSE_TABLE } from "../../src/diagnosis/cause-table.ts";
import { diagnoseFile } from "../support/diagnose-file.ts";
import { SHARED } from "../support/peers.ts";

const FOLDERS = ["lab", "kernel-lab", "corpus/tcp"].map((folder) => path.join(SHARED, folder));

/** Nothing of these is on the wire: `connect` names them, from the kernel's answer. */
const NOTHING_TO_CAPTURE = ["no-route", "local-firewall-drop", "local-address-or-port"];
/** No capture at hand has them: each has its script in rows.test.ts or diagnose.test.ts. */
const FROM_SCRIPTS = ["refused-by-middlebox", "port-scan", "refused-with-diagnostic", "first-data-blocked"];

describe.skipIf(!FOLDERS.every((folder) => fs.existsSync(folder)))("every cause of the table", () => {
  test("has a capture of a real network, or of real kernels", { timeout: 120_000 }, async () => {
    const seen = new Set<string>();
    for (const folder of FOLDERS) {
      for (const name of fs.readdirSync(folder).filter((each) => /\.(pcap|pcapng|trace|cap)$/.test(each))) {
        for (const { cause } of await diagnoseFile(path.join(folder, name))) seen.add(cause.word);
      }
    }
    const unseen = CAUSE_TABLE.map(({ cause }) => cause.word).filter((word) => !seen.has(word));
    expect(unseen.toSorted()).toEqual([...NOTHING_TO_CAPTURE, ...FROM_SCRIPTS].toSorted());
  });
});
