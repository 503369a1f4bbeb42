// What restic keeps of a history under a policy, this keeps too: the same snapshots in a repository of its own.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KeepReason, type PlannedSnapshot, planRetention } from "../../src/domain/retention.ts";
import type { RetentionPolicy } from "../../src/domain/retention-policy.ts";
import { noRules } from "../support/taken-snapshots.ts";
import { runTool } from "../support/tool.ts";

/** Each start derives a key from the password, which is half a second of one core. */
const AT_ONCE = 2;
const HOUR = 3600;

/**
 * Histories by time zone, as restic is told them: what the wall shows and, where that was so twice, how far it was ahead.
 *
 * Restic looks at the clock for which of them are in the future: they are years before or after any day of this test.
 */
const HISTORIES: Record<string, readonly string[]> = {
  // Hours of a day, days, the weeks around New Year (2020 had a week 53), and old ones far apart; two of the oldest day.
  UTC: [
    ...["2013-06-30 11:00:00", "2013-06-30 23:59:59", "2016-01-03 12:00:00", "2018-12-31 08:00:00"],
    ...["2019-12-29 03:00:00", "2020-08-31 03:00:00", "2020-09-30 03:00:00", "2020-10-31 23:59:59"],
    ...["2020-11-01 00:00:00", "2020-11-30 03:00:00", "2020-12-27 23:59:59", "2020-12-28 00:00:00"],
    ...["2020-12-31 03:00:00", "2021-01-01 03:00:00", "2021-01-03 03:00:00", "2021-01-04 00:00:00"],
    ...["2021-01-05 00:10:00", "2021-01-05 00:50:00", "2021-01-05 02:00:00"],
  ],
  // Evenings that are another day in UTC, the night of 28 March without its third hour, that of 31 October with two of it.
  "Europe/Amsterdam": [
    ...["2020-12-31 23:30:00", "2021-01-01 00:30:00", "2021-02-28 23:30:00", "2021-03-01 00:30:00"],
    ...["2021-03-27 23:59:59", "2021-03-28 00:00:00", "2021-03-28 01:59:59", "2021-03-28 03:00:00"],
    ...["2021-03-28 23:59:59", "2021-03-29 00:00:00", "2021-10-30 23:30:00", "2021-10-31 01:30:00"],
    ...["2021-10-31 02:30:00 +2", "2021-10-31 02:15:00 +1", "2021-10-31 02:45:00 +1"],
    ...["2021-10-31 03:00:00", "2021-10-31 23:30:00", "2021-11-01 00:30:00"],
  ],
  // A clock that was wrong for a while.
  "Asia/Tokyo": ["2021-05-01 08:00:00", "2021-06-01 08:00:00", "2021-06-02 08:00:00", "2199-01-01 08:00:00"],
};

const POLICIES: readonly Partial<RetentionPolicy>[] = [
  { keepLast: 1 },
  { keepLast: 7, keepYearly: 2 },
  { keepHourly: 6, keepDaily: 3 },
  { keepHourly: 100 },
  { keepDaily: 11, keepWeekly: 4 },
  { keepWeekly: 3, keepMonthly: 3 },
  { keepWeekly: 30 },
  { keepMonthly: 4, keepYearly: 1 },
  { keepMonthly: 24 },
  { keepYearly: 4 },
  { keepYearly: 10 },
  { keepWithinSeconds: 24 * HOUR },
  { keepWithinSeconds: 720 * HOUR, keepMonthly: 6 },
  { keepDaily: 7, keepWeekly: 4, keepMonthly: 12, keepYearly: 3 },
];

const OPTIONS = {
  ...{ keepLast: "--keep-last", keepHourly: "--keep-hourly", keepDaily: "--keep-daily" },
  ...{ keepWeekly: "--keep-weekly", keepMonthly: "--keep-monthly", keepYearly: "--keep-yearly" },
} as const;

/** As `restic forget` wants to be told. In hours, because its days are those of a calendar: 23 or 25 hours at times. */
function resticArgs(rules: Partial<RetentionPolicy>): string[] {
  const counted = Object.entries(OPTIONS).flatMap(([name, option]) => {
    const wanted = rules[name as keyof typeof OPTIONS];
    return wanted == null ? [] : [option, String(wanted)];
  });
  const { keepWithinSeconds } = rules;
  return keepWithinSeconds == null ? counted : [...counted, "--keep-within", `${keepWithinSeconds / HOUR}h`];
}

interface ResticGroup {
  readonly host: string;
  readonly keep: readonly { readonly time: string }[];
  readonly remove: readonly { readonly time: string }[] | null;
}

let dir = "";
/** Since its 0.16, it keeps the oldest too while a rule has not filled its number. */
let keepsOldest = false;

const restic = (timeZone: string, args: readonly string[]): Promise<Buffer> =>
  runTool("restic", ["--no-cache", ...args], {
    env: { RESTIC_REPOSITORY: join(dir, "repository"), RESTIC_PASSWORD: "ada", TZ: timeZone },
  });

/** Runs them side by side, a few at a time. */
async function inTurns(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  const queue = work.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const run of queue) await run();
    }),
  );
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pobsync-restic-"));
  const file = join(dir, "file");
  await writeFile(file, "the same for ever\n");
  await restic("UTC", ["init", "--quiet"]);
  const [, minor = 0] = /restic 0\.(\d+)/.exec((await restic("UTC", ["version"])).toString()) ?? [];
  keepsOldest = Number(minor) >= 16;
  const backups = Object.entries(HISTORIES).flatMap(([zone, times]) =>
    times.map((text) => () => {
      const [day, time, ahead] = text.split(" ");
      // The sign of these names is the other way round.
      const timeZone = ahead === undefined ? zone : ahead.replace("+", "Etc/GMT-");
      return restic(timeZone, ["backup", "--quiet", "--host", zone, "--time", `${day} ${time}`, file]);
    }),
  );
  await inTurns(backups);
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const asSnapshot = ({ time }: { time: string }): PlannedSnapshot => ({
  ...{ name: time, startedAt: new Date(time), status: "succeeded", state: "complete", pin: null },
});

const isos = (snapshots: readonly PlannedSnapshot[]) =>
  snapshots.map(({ startedAt }) => startedAt.toISOString());

/** The plan without what restic does not know: newest ones that no rule keeps, and the oldest before it knew that. */
function resticsPart(all: readonly PlannedSnapshot[], policy: RetentionPolicy): readonly PlannedSnapshot[] {
  const isKnown = ({ rule, text }: KeepReason) =>
    rule !== "newest" && (keepsOldest || !text.startsWith("oldest"));
  return planRetention(all, policy, new Date())
    .keep.filter(({ reasons }) => reasons.some(isKnown))
    .map(({ snapshot }) => snapshot);
}

describe("restic", () => {
  it.concurrent.each(POLICIES)("keeps the same for %j", async (rules) => {
    const output = await restic("UTC", ["forget", "--dry-run", "--no-lock", "--json", ...resticArgs(rules)]);
    const groups = JSON.parse(output.toString()) as ResticGroup[];
    expect(groups.map(({ host }) => host).sort()).toEqual(Object.keys(HISTORIES).sort());
    for (const { host, keep, remove } of groups) {
      const kept = keep.map(asSnapshot);
      const all = [...(remove ?? []).map(asSnapshot), ...kept];
      expect(all).toHaveLength(HISTORIES[host]?.length ?? Number.NaN);
      const policy = { ...noRules, ...rules, timeZone: host };
      expect(isos(resticsPart(all, policy)), host).toEqual(isos(kept));
    }
  });
});
