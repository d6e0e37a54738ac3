import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { strftime } from "../../src/capture/strftime.ts";

/** Written out: the formats that date(1) shares with strftime(3), and with which it agrees. */
const FLAGGED = [..."aAbBCdegGhHIjklmMpsSuUVwWyY"].flatMap((letter) =>
  ["", "_", "-", "0", "^"].map((flag) => `%${flag}${letter}`),
);
const CONVERSIONS = FLAGGED.concat("%c %D %F %r %R %T %x %X %P %z %Z %% %12Y %_6H %-12d %10a %Ey %Od".split(" "));

describe.each(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])("in %s", (zone) => {
  const before = process.env["TZ"];
  beforeEach(() => void (process.env["TZ"] = zone));
  afterEach(() => void (before === undefined ? delete process.env["TZ"] : (process.env["TZ"] = before)));

  test("every conversion is what date(1) makes of it", () => {
    // New year's days that belong to weeks of the old year, both halves of the day, summer and winter.
    const times = [
      0, 951_782_400, 1_104_537_599, 1_230_768_000, 1_700_000_000, 1_719_800_000, 1_798_761_599, 4_102_444_800,
    ];
    for (const seconds of times) {
      const format = CONVERSIONS.join("|");
      const { stdout } = spawnSync("date", ["-d", `@${seconds}`, `+${format}`], {
        encoding: "utf8",
        env: { TZ: zone, LC_ALL: "C", PATH: process.env["PATH"] },
      });
      const [ours, theirs] = [strftime(format, seconds), stdout.slice(0, -1)].map((text) => text.split("|"));
      const named = (text: string, index: number): string => `${CONVERSIONS[index]} ${text}`;
      expect(ours!.map(named), `${seconds}`).toEqual(theirs!.map(named));
    }
  });
});

test("what is no conversion stays", () => {
  expect(strftime("a%Qb%", 0)).toBe("a%Qb%");
  expect(strftime("100%%", 0)).toBe("100%");
});

test("any format gives a text", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 2 ** 33 }), (format, seconds) => {
      expect(typeof strftime(format, seconds)).toBe("string");
      // Without a percent sign nothing changes.
      const plain = format.replaceAll("%", "");
      expect(strftime(plain, seconds)).toBe(plain);
    }),
  );
});
