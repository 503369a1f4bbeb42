// What people do is in the audit, with what it was before; what pobsync does by itself is not.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEntryJson } from "../../src/contract/types.ts";
import { pobsyncIn } from "../support/pobsync.ts";
import { makeSshSite, type SshSite } from "../support/ssh-site.ts";

let site: SshSite;
/** The newest entry that was there before the test's own commands. */
let seen = 0;
beforeAll(async () => {
  site = await makeSshSite();
});
afterAll(() => site.dispose());

/** Entries since the last look, oldest first. */
async function news(): Promise<AuditEntryJson[]> {
  const { items } = (await site.ok("--json", "audit", "--limit", "1000")).json();
  const fresh = (items as AuditEntryJson[]).filter(({ id }) => id > seen).reverse();
  seen = fresh.at(-1)?.id ?? seen;
  return fresh;
}
const inShort = async () =>
  (await news()).map(({ action, subjectKind, subject }) => `${action} ${subjectKind} ${subject}`.trim());
const json = async (...args: string[]) => (await site.ok("--json", ...args)).json();

describe("the audit", () => {
  it("tells of the configuration: what was made, and what changed from what to what", async () => {
    const [global, web1, ...more] = await news();
    expect(more).toEqual([]);
    expect(global).toMatchObject({ action: "site.created", subjectKind: "site" });
    expect(global?.detail).toMatchObject({ backupRoot: { before: null, after: site.world.backupRoot } });
    expect(web1).toMatchObject({ action: "host.created", subject: "web1" });
    expect(web1?.detail).toMatchObject({ address: { before: null, after: site.sshd.address } });
    expect(web1?.actor).toMatchObject({ kind: "cli", address: null });

    await site.configure("--keep-daily", "7", "--exclude", "*.tmp");
    await site.configure("--keep-daily", "9");
    await site.configure("--keep-daily", "9");
    await site.ok("configure-global", "--keep-weekly", "4");
    const [, second, third, ...rest] = await news();
    expect(rest).toEqual([]);
    expect(second).toMatchObject({
      ...{ action: "host.changed", subject: "web1", detail: { keepDaily: { before: 7, after: 9 } } },
    });
    expect(third).toMatchObject({
      ...{ action: "site.changed", detail: { keepWeekly: { before: null, after: 4 } } },
    });
  });

  it("tells of nothing that was refused, only looked at, or done by no person", async () => {
    await site.pobsync.run("configure-host", "web1", "--address", "-oProxyCommand=x");
    await site.configure("--keep-daily", "1", "--dry-run");
    await site.ok("hosts");
    await site.ok("check-host", "web1");
    await site.pobsync.run("remove-host", "web1");
    await site.ok("scheduler");
    await site.ok("worker");
    expect(await news()).toEqual([]);
  });

  it("tells of schedules", async () => {
    await site.ok("schedule", "web1", "--cron", "@daily", "--name", "nightly");
    await site.ok("schedule", "web1", "--name", "nightly", "--prune");
    await site.ok("schedule", "web1", "--name", "nightly", "--prune");
    await site.ok("schedule", "web1", "--name", "nightly", "--remove");
    const entries = await news();
    expect(entries.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      ...["schedule.created web1/nightly", "schedule.changed web1/nightly", "schedule.removed web1/nightly"],
    ]);
    expect(entries[1]?.detail).toEqual({ prune: { before: false, after: true } });
  });

  it("tells of work that a person asked for, of its end before its time, and of another try", async () => {
    const { run } = await json("backup", "web1", "--prune");
    const queued = (await json("backup", "web1", "--queue")).run;
    await json("cancel", `${queued.id}`);
    const retried = await json("retry", `${queued.id}`);
    await site.ok("worker");
    const entries = await news();
    expect(entries.map(({ action, subject, detail }) => [action, subject, detail])).toEqual([
      ["run.requested", `${run.id}`, { host: "web1", kind: "backup", prune: true }],
      ["run.requested", `${queued.id}`, { host: "web1", kind: "backup" }],
      ["run.cancelled", `${queued.id}`, { host: "web1", kind: "backup", wasRunning: false }],
      ["run.retried", `${retried.id}`, { host: "web1", kind: "backup", retryOf: queued.id }],
    ]);
    await site.pobsync.run("cancel", `${queued.id}`);
    await site.pobsync.run("retry", "4711");
    expect(await news()).toEqual([]);
  });

  it("tells of restores, verifications and looks at the disk, with what was chosen", async () => {
    const to = join(site.world.dir, "restored");
    const place = `web1:${site.source}`;
    await json("restore", place, "--to", to);
    await json("verify", "web1", "--percent", "50");
    await json("verify", "web1", "--queue");
    // While it waits, no prune takes what it is to read.
    await site.ok("worker");
    await json("discover-snapshots", "--host", "web1");
    const details = (await news()).map(({ action, detail }) => ({ action, ...detail }));
    expect(details).toMatchObject([
      {
        action: "run.requested",
        kind: "restore",
        task: { path: site.source, target: { to: "folder", dir: to } },
      },
      { action: "run.requested", kind: "verify", task: { percent: 50 } },
      { action: "run.requested", kind: "verify", task: { percent: null } },
      { action: "run.requested", kind: "discover", host: "web1" },
    ]);
    expect(JSON.stringify(details)).not.toMatch(/preview|since/);
  });

  it("tells of pins, of what is pruned, and of the trash", async () => {
    await json("pin", "web1", "latest", "--reason", "the audit");
    const { name } = await json("unpin", "web1", "latest");
    await site.configure("--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--trash-keep", "1d");
    await json("retention", "web1", "--apply", "--yes");
    const [gone] = (await json("snapshots", "web1", "--all")).items.filter(
      ({ state }: { state: string }) => state === "removing",
    );
    await json("restore-from-trash", "web1", gone.name);
    await json("empty-trash", "web1", "--yes");
    const entries = await news();
    expect(entries.map(({ action, subjectKind }) => `${action} ${subjectKind}`)).toEqual([
      ...["snapshot.pinned snapshot", "snapshot.unpinned snapshot", "host.changed host"],
      ...["run.requested run", "run.requested run", "run.requested run"],
    ]);
    expect(entries[0]).toMatchObject({
      subject: `web1/${name}`,
      detail: { reason: "the audit", until: null },
    });
    expect(entries.slice(3).map(({ detail }) => detail.task ?? null)).toEqual([
      ...[null, { do: "restore-from-trash", snapshot: gone.name }, { do: "empty-trash", all: true }],
    ]);
  });

  it("tells of host keys that a person accepted, of history that was let go, of hosts that were made and removed", async () => {
    const { hostKeys } = await json("show-host", "web1");
    await site.ok("check-host", "web1", "--accept-host-key", hostKeys[0].fingerprint);
    await site.ok("forget-runs", "--older-than", "1d", "--yes");
    await site.ok("remove-host", "web1", "--yes", "--keep-snapshots");
    await site.ok("discover-snapshots", "--rebuild");
    expect(await inShort()).toEqual([
      ...["host.key_accepted host web1", "runs.forgotten site", "host.removed host web1"],
      ...["host.created host web1", expect.stringMatching(/^run\.requested run \d+$/)],
    ]);
  });

  it("is shown to people in a table, page by page, and by who and what", async () => {
    const { items, next } = await json("audit", "--limit", "3");
    expect(items).toHaveLength(3);
    expect(next).toBe(items[2].id);
    const older = await json("audit", "--limit", "3", "--before", `${next}`);
    expect(older.items[0].id).toBeLessThan(next);
    const { stdout } = await site.ok("audit", "--action", "host.changed");
    expect(stdout).toMatch(/\(cli\) +host\.changed +host web1 +keepDaily: 7 → 9\n/);
    expect((await site.ok("audit", "--actor", "nobody")).stdout).toContain("Nothing like that");
  });
});

it("says who did it, by the name at the keyboard", async () => {
  mkdirSync(join(site.world.hostDir, "other"));
  writeFileSync(join(site.world.hostDir, "other", "a"), "x");
  const source = join(site.world.hostDir, "other");
  const pobsync = pobsyncIn(site.world, { environment: { SUDO_USER: "ada" } });
  await pobsync.run("configure-host", "laptop", "--transport", "local", "--source", source);
  expect((await news()).at(-1)?.actor).toEqual({ name: "ada", kind: "cli", address: null });
});
