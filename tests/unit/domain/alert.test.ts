// What becomes of alerts when the conditions that they are about can not be seen any more.
import { describe, expect, it } from "vitest";
import type { Alert } from "../../../src/domain/alert.ts";
import { planAlerts } from "../../../src/domain/alert.ts";
import type { Condition } from "../../../src/domain/condition.ts";

const now = new Date("2026-11-29T12:00:00.000Z");
const hourAgo = new Date(now.getTime() - 3_600_000);

const open = (facts: Pick<Alert, "key" | "code" | "severity"> & Partial<Alert>): Alert => ({
  ...{ id: 1, hostId: 1, host: "web1", node: null, message: "", hint: "", run: null, since: null },
  ...{ seenAt: hourAgo, openedAt: hourAgo, wellSince: null, flaps: 0, acknowledged: null, clearedAt: null },
  ...facts,
});
const holds = (facts: Pick<Condition, "key" | "code"> & Partial<Condition>): Condition => ({
  ...{ host: "web1", hostId: 1, node: null, level: "bad", message: "It is so.", hint: "Look." },
  ...{ detail: null, since: hourAgo, run: null },
  ...facts,
});
const warning = open({ key: "files_unreadable@web1", code: "files_unreadable", severity: "warning" });

describe("an alert", () => {
  it("about a warning of a host is not taken for over while that host has no good backup any more", () => {
    const failing = holds({ key: "backup@web1", code: "host_unreachable" });
    expect(planAlerts([warning], [failing], now)).toMatchObject({ well: [], clear: [], forget: [] });
  });

  it("about a warning is over when the host is well, or another one fails", () => {
    const other = holds({ key: "backup@nas", code: "host_unreachable", host: "nas", hostId: 2 });
    expect(planAlerts([warning], [], now).well).toEqual([1]);
    expect(planAlerts([warning], [other], now).well).toEqual([1]);
  });

  it("about a due time that passed stays while there is no scheduler that could make up for it", () => {
    const overdue = open({ key: "schedule_overdue@web1", code: "schedule_overdue", severity: "bad" });
    const nobody = holds({ key: "nobody_works@scheduler", code: "nobody_works", host: null, hostId: null });
    expect(planAlerts([overdue], [nobody], now).well).toEqual([]);
    expect(planAlerts([overdue], [], now).well).toEqual([1]);
  });

  it("that was acknowledged has not been seen any more once its cause is another one", () => {
    const acknowledged = { at: hourAgo, by: "ada", reason: null };
    const failing = open({ key: "backup@web1", code: "host_unreachable", severity: "bad", acknowledged });
    const same = holds({ key: "backup@web1", code: "host_unreachable", message: "Another sentence." });
    const other = holds({ key: "backup@web1", code: "source_missing" });
    expect(planAlerts([failing], [same], now)).toMatchObject({ say: [{ id: 1 }], unseen: [] });
    expect(planAlerts([failing], [other], now)).toMatchObject({ say: [{ id: 1 }], unseen: [1] });
    expect(planAlerts([{ ...failing, acknowledged: null }], [other], now).unseen).toEqual([]);
    for (const code of ["connection_lost", "late"] as const)
      expect(planAlerts([failing], [holds({ key: "backup@web1", code })], now).unseen).toEqual([]);
  });

  it("about a disk that will be full stays while that disk is full, or not there", () => {
    const ofMain = { host: null, hostId: null, node: "main" } as const;
    const filling = open({ key: "disk_filling@main", code: "disk_filling", severity: "warning", ...ofMain });
    const away = holds({ key: "root_not_mounted@main", code: "root_not_mounted", ...ofMain });
    const ofOther = { ...away, key: "root_not_mounted@second", node: "second" };
    expect(planAlerts([filling], [away], now)).toMatchObject({ well: [], clear: [], forget: [] });
    expect(planAlerts([filling], [ofOther], now).well).toEqual([1]);
    expect(planAlerts([filling], [], now).well).toEqual([1]);
  });
});
