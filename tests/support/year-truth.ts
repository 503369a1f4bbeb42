// What is wrong at each moment of a simulated year, by the words of the guide: derived from what was planted, from how backups ended and
// from an almanac. Nothing of the program is asked.
import { DAY, dailyDues, HOUR, MINUTE } from "./year-calendar.ts";
import type { Ended } from "./year-site.ts";

/** A time in which something was wrong, without a break. */
export interface Bad {
  readonly key: string;
  /** It may have been called several things. */
  readonly codes: Set<string>;
  readonly severity: "bad" | "warning";
  readonly from: number;
  to: number;
}

/** What of the site the truth cannot know from backups. */
export interface Circumstances {
  readonly schedulerSilent: boolean;
  readonly workerSilent: boolean;
  readonly diskAway: boolean;
  readonly diskFull: boolean;
  readonly diskFilling: boolean;
  readonly channelBroken: boolean;
  /** Until when all due times have been dealt with. */
  readonly queuedUntil: number;
}

const LATE_MS = 12 * HOUR;
const OVERDUE_MS = 15 * MINUTE;

/** What hides whether something holds: nobody can say that it is over before that is. */
export function hidersOf(key: string): readonly string[] {
  const [code = "", host] = key.split("@");
  if (code === "files_vanished") return [`backup@${host}`];
  if (code === "schedule_overdue") return ["nobody_works@scheduler"];
  return code === "disk_filling" ? ["root_not_mounted", "server_disk_full"] : [];
}

interface HostTruth {
  /** The minutes of a day at which it is due. */
  readonly minutes: readonly number[];
  readonly addedAt: number;
  goodAt: number | null;
  failed: string | null;
  isWarned: boolean;
}

export function yearTruth() {
  const hosts = new Map<string, HostTruth>();
  const open = new Map<string, Bad>();
  const stretches: Bad[] = [];

  /** Whether it was due after an instant and before another. */
  const wasDue = ({ minutes, addedAt }: HostTruth, after: number, before: number): boolean => {
    // Nothing that is planted lasts for so long.
    const from = Math.max(after + 1, addedAt + 1, before - 8 * DAY);
    return from < before && dailyDues(minutes, from, before).length > 0;
  };

  function* holding(t: number, now: Circumstances): Generator<[string, string, Bad["severity"]]> {
    if (now.schedulerSilent) yield ["nobody_works@scheduler", "nobody_works", "bad"];
    if (now.workerSilent) yield ["nobody_works@worker", "nobody_works", "bad"];
    if (now.diskAway) yield ["root_not_mounted", "root_not_mounted", "bad"];
    else if (now.diskFull) yield ["server_disk_full", "server_disk_full", "bad"];
    if (now.diskFilling) yield ["disk_filling", "disk_filling", "warning"];
    if (now.channelBroken) yield ["channel_broken@second", "channel_broken", "warning"];
    for (const [name, host] of hosts) {
      const { failed, goodAt, isWarned } = host;
      if (failed !== null) yield [`backup@${name}`, failed, "bad"];
      else if (goodAt === null) yield [`backup@${name}`, "never", "bad"];
      else if (wasDue(host, goodAt, t - LATE_MS)) yield [`backup@${name}`, "late", "bad"];
      if (isWarned) yield [`files_vanished@${name}`, "files_vanished", "warning"];
      if (wasDue(host, now.queuedUntil, t - OVERDUE_MS))
        yield [`schedule_overdue@${name}`, "schedule_overdue", "bad"];
    }
  }

  return {
    stretches,
    addHost: (name: string, minutes: readonly number[], addedAt: number) => {
      const nothing = { goodAt: null, failed: null, isWarned: false };
      hosts.set(name, { minutes, addedAt, ...nothing });
    },
    backupEnded: ({ host, code, isWarned }: Ended, t: number) => {
      const truth = hosts.get(host);
      if (truth === undefined) throw new Error(`nobody has planted ${host}`);
      truth.failed = code;
      if (code !== null) return;
      truth.goodAt = t;
      truth.isWarned = isWarned;
    },
    goodAt: (host: string): number => hosts.get(host)?.goodAt ?? 0,
    /** Says how it is now. Returns whether something has begun or is over. */
    look: (t: number, now: Circumstances): boolean => {
      let changed = false;
      const seen = new Set<string>();
      for (const [key, code, severity] of holding(t, now)) {
        seen.add(key);
        let bad = open.get(key);
        if (bad === undefined) {
          bad = { key, codes: new Set(), severity, from: t, to: Number.POSITIVE_INFINITY };
          open.set(key, bad);
          stretches.push(bad);
          changed = true;
        }
        bad.codes.add(code);
      }
      for (const [key, bad] of open) {
        if (seen.has(key)) continue;
        bad.to = t;
        open.delete(key);
        changed = true;
      }
      return changed;
    },
  };
}
