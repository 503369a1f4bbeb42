// Every parser of what a person types refuses what it must, in a sentence that is short and safe to print.
import { describe, expect, it } from "vitest";
import { parseTransport } from "../../../src/domain/host.ts";
import { parseAddress, parseHostName } from "../../../src/domain/host-address.ts";
import { parseTag } from "../../../src/domain/host-tags.ts";
import { parsePingUrl } from "../../../src/domain/ping.ts";
import { Problem } from "../../../src/domain/problem.ts";
import { FIELDS, isSettingName } from "../../../src/domain/settings.ts";
import {
  parseBackupRoot,
  parseHostKeyPolicy,
  parseMaxParallel,
  parseMinFree,
  parseSandboxPolicy,
} from "../../../src/domain/site.ts";
import { badForHosts, badForSites, badHostNames } from "../../support/bad-values.ts";

type Parse = (given: unknown) => unknown;

/** A list's items are refused with the list. */
const inList =
  (parse: Parse): Parse =>
  (given) =>
    parse(["/fine", given]);

const parsers: Record<string, Parse> = {
  "--address": parseAddress,
  "--transport": parseTransport,
  "--user": FIELDS.sshUser.parse,
  "--ssh-user": FIELDS.sshUser.parse,
  "--port": FIELDS.sshPort.parse,
  "--ssh-port": FIELDS.sshPort.parse,
  "--source": inList(FIELDS.sources.parse),
  "--identity-file": FIELDS.identityFile.parse,
  "--rsync-path": FIELDS.remoteRsync.parse,
  "--include": inList(FIELDS.includes.parse),
  "--exclude": inList(FIELDS.excludes.parse),
  "--bwlimit": FIELDS.bwlimit.parse,
  "--bwlimit-at": (given) => FIELDS.bwlimitAt.parse(["sun 23:00-23:30=1M", given]),
  "--window": (given) => FIELDS.windows.parse(["sun 23:00-23:30", given]),
  "--tag": parseTag,
  "--remove-tag": parseTag,
  "--inc-recursive": FIELDS.incRecursive.parse,
  "--streams": FIELDS.streams.parse,
  "--btrfs-snapshots": FIELDS.btrfsSnapshots.parse,
  "--trust-group": FIELDS.trustGroup.parse,
  "--rsync-arg": (given) => FIELDS.rsyncArgs.parse(["--compress", given]),
  "--pre-hook": FIELDS.preHook.parse,
  "--post-hook": FIELDS.postHook.parse,
  "--hook-failure": FIELDS.hookFailure.parse,
  "--hook-timeout": FIELDS.hookTimeoutSeconds.parse,
  "--stall-timeout": FIELDS.stallTimeoutSeconds.parse,
  "--max-duration": FIELDS.maxDurationSeconds.parse,
  "--max-shrink": FIELDS.maxShrinkPercent.parse,
  "--quota": FIELDS.quotaBytes.parse,
  "--max-new": FIELDS.maxNewBytes.parse,
  "--max-file-size": FIELDS.maxFileBytes.parse,
  "--max-entries": FIELDS.maxEntries.parse,
  "--verify-within": FIELDS.verifyWithinSeconds.parse,
  "--drill-every": FIELDS.drillEverySeconds.parse,
  "--canary": inList(FIELDS.canaries.parse),
  "--drill-command": FIELDS.drillCommand.parse,
  "--drill-timeout": FIELDS.drillTimeoutSeconds.parse,
  "--ping-url": parsePingUrl,
  "--keep-last": FIELDS.keepLast.parse,
  "--keep-hourly": FIELDS.keepHourly.parse,
  "--keep-daily": FIELDS.keepDaily.parse,
  "--keep-weekly": FIELDS.keepWeekly.parse,
  "--keep-monthly": FIELDS.keepMonthly.parse,
  "--keep-yearly": FIELDS.keepYearly.parse,
  "--keep-within": FIELDS.keepWithinSeconds.parse,
  "--time-zone": FIELDS.timeZone.parse,
  "--unset": (name) => {
    if (!isSettingName(String(name))) throw new Problem("bad_input", "There is no such setting as this one.");
  },
  "--backup-root": parseBackupRoot,
  "--max-parallel": parseMaxParallel,
  "--min-free": parseMinFree,
  "--host-keys": parseHostKeyPolicy,
  "--sandbox": parseSandboxPolicy,
};

/** What a parser says to a value; "accepted" when it takes it. */
function answer(parse: Parse, value: unknown): string {
  try {
    parse(value);
    return "accepted";
  } catch (error) {
    if (!(error instanceof Problem)) return `threw ${String(error)}`;
    if (error.code !== "bad_input") return `code ${error.code}`;
    if (/[\p{Cc}\u200b-\u200f\u2028-\u202e]/u.test(error.message)) return "unprintable";
    return error.message.length < 300 ? "refused" : `said ${error.message.length} characters`;
  }
}

const refusedBy = (parse: Parse, values: readonly unknown[]): [unknown, string][] =>
  values.map((value): [unknown, string] => [value, answer(parse, value)]).filter(([, a]) => a !== "refused");

describe("every wrong value is refused", () => {
  it.each(Object.entries({ ...badForHosts, ...badForSites }))("of %s", (option, values) => {
    expect(refusedBy(parsers[option] as Parse, values)).toEqual([]);
  });

  it("of a host's name", () => {
    expect(refusedBy(parseHostName, badHostNames)).toEqual([]);
  });

  it("of any setting, when it is no text at all", () => {
    const others = [undefined, {}, [[]], [null], () => "", Number.NaN, -1, -1.5];
    const accepted = Object.entries(FIELDS).flatMap(([name, field]) =>
      refusedBy(field.parse, others)
        .filter(([value]) => !(Array.isArray(value) && value.length === 0))
        .map(([value, said]) => [name, String(value), said]),
    );
    expect(accepted).toEqual([]);
  });
});
