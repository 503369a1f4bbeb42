// What is told of an alert that was over and came back before anybody could be told that it was over.
import { describe, expect, it } from "vitest";
import type { Alert } from "../../../src/domain/alert.ts";
import { planNotice, type Told } from "../../../src/domain/alert-notices.ts";
import type { Channel, ChannelRules } from "../../../src/domain/notification.ts";

const HOUR_MS = 3_600_000;
const now = new Date("2026-05-26T08:00:00.000Z");
const ago = (hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);

const rules: ChannelRules = {
  ...{ minSeverity: "info", codes: [], hosts: [], tags: [], quiet: null, repeatSeconds: null, digest: "off" },
};
const channel: Channel = {
  ...{ id: 1, name: "night", kind: "ntfy", enabled: true, rules, broken: null, createdAt: ago(999) },
};
const alert = (facts: Partial<Alert> & Pick<Alert, "id" | "openedAt" | "clearedAt">): Alert => ({
  ...{ key: "backup@web1", code: "host_unreachable", hostId: 1, host: "web1", node: null, severity: "bad" },
  ...{ message: "It is so.", hint: "Look.", run: null, since: null, seenAt: ago(20), wellSince: null },
  ...{ flaps: 0, acknowledged: null },
  ...facts,
});
const opened = (alertId: number, hours: number): Told => ({
  ...{ alertId, code: "host_unreachable", kind: "opened", severity: "bad", at: ago(hours), isWaiting: false },
});
const said = (alerts: readonly Alert[], told: readonly Told[], wishes: Partial<ChannelRules> = {}) =>
  planNotice(
    { ...channel, rules: { ...rules, ...wishes } },
    { alerts, told, tagsOf: () => [], timeZone: "UTC" },
    now,
  )?.items.map(({ kind, alert: { id } }) => `${kind} ${id}`) ?? [];

const first = alert({ id: 1, openedAt: ago(12), clearedAt: ago(6) });

describe("the end of an alert that could not be told in time", () => {
  it("is told when it has not come back", () => {
    expect(said([first], [opened(1, 12)])).toEqual(["cleared 1"]);
  });

  it("is not told while the same thing holds again, nor is that told as if it were new", () => {
    const second = alert({ id: 2, openedAt: ago(3), clearedAt: null });
    expect(said([first, second], [opened(1, 12)])).toEqual([]);
    expect(said([first, second], [opened(1, 12), opened(2, 3)])).toEqual([]);
  });

  it("is told when what came back is worse, or has not been told for as long as it is repeated", () => {
    const second = alert({ id: 2, openedAt: ago(3), clearedAt: null });
    const mild = { ...opened(1, 12), severity: "warning" as const };
    expect(said([first, second], [mild])).toEqual(["opened 2"]);
    expect(said([first, second], [opened(1, 12)], { repeatSeconds: 6 * 3600 })).toEqual(["reminder 2"]);
    expect(said([first, second], [opened(1, 12)], { repeatSeconds: 24 * 3600 })).toEqual([]);
  });

  it("is told once, of the last one, when it came back and is over again", () => {
    const second = alert({ id: 2, openedAt: ago(3), clearedAt: ago(1) });
    expect(said([first, second], [opened(1, 12), opened(2, 3)])).toEqual(["cleared 2"]);
    expect(said([first, second], [opened(1, 12)])).toEqual(["cleared 2"]);
    const cleared = { ...opened(2, 0.5), kind: "cleared" as const, code: "other" };
    expect(said([first, second], [opened(1, 12), cleared])).toEqual([]);
  });

  it("that was told in time leaves the next one to be told as new", () => {
    const second = alert({ id: 2, openedAt: ago(3), clearedAt: null });
    const cleared = { ...opened(1, 6), kind: "cleared" as const };
    expect(said([first, second], [opened(1, 12), cleared])).toEqual(["opened 2"]);
  });

  it("is told whatever holds of other hosts, and while the same thing has not outlived its grace", () => {
    const other = alert({ id: 2, key: "backup@nas", openedAt: ago(3), clearedAt: null });
    const again = alert({ id: 3, openedAt: null, clearedAt: null });
    expect(said([first, other, again], [opened(1, 12), opened(2, 3)])).toEqual(["cleared 1"]);
  });
});
