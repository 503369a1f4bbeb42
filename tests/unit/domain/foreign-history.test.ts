// Names and summaries of other backup tools: which instants they mean, also where the clocks change.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  datesInName,
  isRsnapshotInterval,
  parseDirvishSummary,
  parseTimeBackupName,
  unfinishedTimeBackup,
  whyRsnapshotOwn,
} from "../../../src/domain/foreign-history.ts";
import { zoneAndInstant } from "../../support/any-cron.ts";

const BERLIN = "Europe/Berlin";
const isos = (dates: readonly Date[]) => dates.map((date) => date.toISOString());

/** What the wall of a zone shows, as `2026-11-23 02:15:00`. */
const wallOf = (timeZone: string, instantMs: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(instantMs);

describe("a date in a name", () => {
  it.each([
    [
      "2026-11-22T23:00:00",
      "2026-11-23 | 20261123 | 2026_11_23 | 2026.11.23 | backup-2026-11-23 | web1.20261123.old",
    ],
    ["2026-11-22T23:00:00", "2026-11-23.2 | 2026-11-23-v3 | 2026-11-23-0260 | 2026-11-23 and again 20261123"],
    ["2026-11-23T01:15:00", "2026-11-23_02-15 | 2026-11-23T02h15 | 20261123-0215 | 2026-11-23 02:15:00"],
    ["2026-11-23T01:15:30", "2026-11-23_02-15-30 | 2026-11-23-021530 | 20261123021530 | 20261123-021530-417"],
    ["2026-11-23T02:15:00", "2026-11-23T02:15:00Z | 20261123T021500Z-scheduled-3fa9c1 | 20261123-0215Z"],
    ["2026-11-23T02:15:00", "2026-11-23 02:15:00.12 UTC | 2026-11-23_02-15_GMT | @GMT-2026.11.23-02.15.00"],
    ["2026-11-23T07:15:00", "2026-11-23T02:15:00-05:00 | 2026-11-23T12:45:00+0530"],
    ["2025-11-23T02:00:00", "1763863200 | backup-1763863200 | @1763863200"],
  ])("is %s in each of %s", (iso, names) => {
    for (const name of names.split(" | ")) {
      const found = isos(datesInName(name, BERLIN));
      expect([name, ...found]).toEqual([name, `${iso}.000Z`]);
    }
  });

  it.each([
    ...["latest", "home", "2026", "2026-11", "2026-02-31", "2026-13-01", "20261323", "1969-12-31", ""],
    ...["23-11-2026", "23.11.2026", "120261123", "202611231", "17638632001", "x1763863200y", "2026-1123"],
  ])("%j says none", (name) => {
    expect(datesInName(name, BERLIN)).toEqual([]);
  });

  it("counts once for each instant, so that two are noticed", () => {
    expect(datesInName("2026-11-01_to_2026-11-23", "UTC")).toHaveLength(2);
  });

  it("is the first turn of a time that the wall shows twice", () => {
    expect(isos(datesInName("2026-10-25_02-30", BERLIN))).toEqual(["2026-10-25T00:30:00.000Z"]);
  });

  it("is the end of the gap for a time that the wall skips, also when that is the start of the day", () => {
    expect(isos(datesInName("2026-03-29_02-30", BERLIN))).toEqual(["2026-03-29T01:00:00.000Z"]);
    expect(isos(datesInName("2018-11-04", "America/Sao_Paulo"))).toEqual(["2018-11-04T03:00:00.000Z"]);
  });

  it("leads back to what the wall showed, in every zone and spelling, and never to a later turn", () => {
    const spelling = fc.constantFrom(
      (wall: string) => wall,
      (wall: string) => wall.replace(" ", "T"),
      (wall: string) => wall.replace(" ", "_").replaceAll(":", "-"),
      (wall: string) => wall.replaceAll(/[-:]/g, "").replace(" ", "-"),
      (wall: string) => wall.replaceAll(/[- :]/g, ""),
      (wall: string) => `web1-${wall.replaceAll(/[- :]/g, ".")}.old`,
    );
    fc.assert(
      fc.property(zoneAndInstant, spelling, ({ timeZone, instant }, spell) => {
        const at = Math.max(0, Math.floor(instant / 1000) * 1000);
        const wall = wallOf(timeZone, at);
        fc.pre(wall >= "1970");
        const found = datesInName(spell(wall), timeZone).map((date) => date.getTime());
        expect(found.map((ms) => wallOf(timeZone, ms))).toEqual([wall]);
        expect(found[0]).toBeLessThanOrEqual(at);
        const timeBackup = wall.replace(" ", "-").replaceAll(":", "");
        expect(parseTimeBackupName(timeBackup, timeZone)?.getTime()).toBe(found[0]);
      }),
    );
  });

  it("with a zone of its own is that instant wherever it is read", () => {
    const at = fc.date({ min: new Date(0), max: new Date("2099-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(at, zoneAndInstant, (date, { timeZone }) => {
        const iso = `${date.toISOString().slice(0, 19)}Z`;
        for (const name of [iso, iso.replaceAll(/[-:]/g, ""), `web1 ${iso} old`])
          expect(datesInName(name, timeZone)).toEqual([new Date(iso)]);
      }),
    );
  });

  it("is looked for in any name without trouble", () => {
    const bits = fc.constantFrom(
      "2026",
      "11",
      "23",
      "-",
      "_",
      "T",
      "Z",
      "+",
      ":",
      "00",
      "GMT-",
      "1763863200",
    );
    const name = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(bits).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(name, (text) => {
        for (const date of datesInName(text, BERLIN)) expect(date.getTime()).not.toBeNaN();
      }),
    );
  });
});

describe("a folder of rsync-time-backup", () => {
  it("is named after the local time at which it began", () => {
    expect(parseTimeBackupName("2026-07-01-031500", BERLIN)?.toISOString()).toBe("2026-07-01T01:15:00.000Z");
  });

  it("is not called anything else", () => {
    const no = [
      "2026-07-01",
      "2026-02-30-000000",
      "2026-07-01-240000",
      "x2026-07-01-031500",
      "2026-07-01-0315000",
    ];
    for (const name of no) expect(parseTimeBackupName(name, BERLIN)).toBeNull();
  });

  it("is unfinished when it is the newest and the script has left its mark", () => {
    const names = ["2026-07-02-031500", "2026-07-01-031500", "latest", "zzzz"];
    expect(unfinishedTimeBackup(names)).toBeNull();
    expect(unfinishedTimeBackup([...names, "backup.inprogress"])).toBe("2026-07-02-031500");
    expect(unfinishedTimeBackup(["backup.inprogress"])).toBeNull();
  });
});

describe("a folder of rsnapshot", () => {
  it("is a level and a number", () => {
    const yes = ["hourly.0", "daily.12", "alpha.2", "my_level.3"];
    const no = ["hourly", "hourly.", ".0", "hourly.x", "a-b.0", "hourly.0.1", "hourly.0\n", ".sync"];
    expect(yes.filter(isRsnapshotInterval)).toEqual(yes);
    expect(no.filter(isRsnapshotInterval)).toEqual([]);
  });

  it("is no backup where rsnapshot prepares or deletes one", () => {
    expect(whyRsnapshotOwn(".sync")).toMatch(/prepares its next backup/);
    expect(whyRsnapshotOwn("_delete.4711")).toMatch(/was deleting/);
    expect(["hourly.0", "_delete.x", "sync"].map(whyRsnapshotOwn)).toEqual([null, null, null]);
  });
});

/** A summary as dirvish 1.2.1 writes it. Its text is UTF-8, and is read as bytes. */
function summary(changes: Record<string, string | null> = {}): string {
  const fields = {
    ...{ client: "web1", tree: "/home", rsh: "ssh", Server: "backup", Image: "20261123021500" },
    ...{ "Image-now": "2020-01-01 04:00:00", Expire: "+15 days == 2026-12-08 02:15:00" },
    ...{ exclude: "\n\tStatus: fatal error (12)\n\t*.o", "Backup-begin": "2026-11-23 02:15:00" },
    ...{ "Backup-complete": "2026-11-23 02:45:10", Status: "success", ...changes },
  };
  const lines = Object.entries(fields).flatMap(([key, value]) =>
    value === null ? [] : [`${key}: ${value}`],
  );
  return Buffer.from(`${lines.join("\n")}\n`).toString("latin1");
}
const read = (changes?: Record<string, string | null>, hostPath: string | null = null) =>
  parseDirvishSummary(summary(changes), BERLIN, hostPath);

describe("the summary of a dirvish image", () => {
  it("says what the tree is of, when rsync began and ended, and how", () => {
    expect(read()).toEqual({
      hostPath: "/home",
      startedAt: new Date("2026-11-23T01:15:00Z"),
      finishedAt: new Date("2026-11-23T01:45:10Z"),
      status: "succeeded",
    });
  });

  it.each([
    ["success", "succeeded"],
    ["warning (24) -- file vanished on sender", "warning"],
    ["error (23) -- partial transfer", "warning"],
  ])("with %j makes a snapshot that %s", (Status, status) => {
    expect(read({ Status })).toMatchObject({ status });
  });

  it("with any other status is of a failed image, and that is repeated", () => {
    for (const Status of ["error (30) -- timeout", "fatal error (127) -- command not found", "(255) --"])
      expect(read({ Status })).toEqual({ why: `failed: dirvish says "${Status}"` });
  });

  it("without a status or times is of an image that never ended", () => {
    const why = (changes: Record<string, string | null>) => JSON.stringify(read(changes));
    expect(why({ Status: null })).toMatch(/stopped, or has not finished/);
    expect(why({ "Backup-complete": null })).toMatch(/without the times/);
    expect(why({ "Backup-begin": "yesterday" })).toMatch(/without the times/);
  });

  it("ends after it began, also while the clocks are set back", () => {
    const night = { "Backup-begin": "2026-10-25 02:50:00", "Backup-complete": "2026-10-25 02:10:00" };
    expect(read(night)).toMatchObject({
      startedAt: new Date("2026-10-25T00:50:00Z"),
      finishedAt: new Date("2026-10-25T01:10:00Z"),
    });
    const corrected = { "Backup-begin": "2026-11-23 02:50:00", "Backup-complete": "2026-11-23 02:10:00" };
    expect(read(corrected)).toMatchObject({ finishedAt: new Date("2026-11-23T01:50:00Z") });
  });

  it.each([
    ["/", "/"],
    ["/srv/www/", "/srv/www"],
    ["/home/two\\ words", "/home/two words"],
    ["/home/à", "/home/à"],
    ["/home/back\\slash", "/home/back\\\\slash"],
  ])("with the tree %s is of %s", (tree, hostPath) => {
    expect(read({ tree })).toMatchObject({ hostPath });
  });

  it.each(["/home /users", ":rsyncd-module", "home", "/home/../etc", "", null])(
    "with the tree %j needs a person to say what it is of",
    (tree) => {
      expect(read({ tree })).toHaveProperty("why", expect.stringMatching(/say what the trees are of/));
      expect(read({ tree }, "/home")).toMatchObject({ hostPath: "/home", status: "succeeded" });
    },
  );

  it("may be any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (text, tree) => {
        expect(parseDirvishSummary(text, BERLIN, null)).toHaveProperty("why");
        const found = read({ tree: tree.replaceAll(/[\r\n]/g, "") });
        if ("hostPath" in found) expect(found.hostPath).toMatch(/^\//);
      }),
    );
  });
});
