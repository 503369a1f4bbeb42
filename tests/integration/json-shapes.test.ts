// What --json prints is exactly what the contract says: no field missing, none that nobody has promised.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { AlertListShape, AlertShape } from "../../src/contract/alerts.ts";
import * as shapes from "../../src/contract/schemas.ts";
import { openAlertAt } from "../support/open-alert.ts";
import { shapedBy } from "../support/shaped.ts";
import { makeSshSite, type SshSite } from "../support/ssh-site.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: SshSite;
/** Commands whose document was held against a shape. */
const seen = new Set<string>();
beforeAll(async () => {
  site = await makeSshSite();
  const settings = { exclude: "*.tmp", "keep-daily": "7", "pre-hook": "/bin/true", bwlimit: "0" };
  await site.configure(...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]));
});
afterAll(() => site.dispose());

const shaped = shapedBy(() => site.pobsync, seen);

describe("with --json", () => {
  it("a host that was never backed up has the shape of one", async () => {
    const detail = await shaped(shapes.HostDetailShape, 0, "show-host", "web1");
    expect(detail).toMatchObject({ health: "never", lastRun: null, hostKeys: [], excludes: ["*.tmp"] });
    expect(detail.effective).toMatchObject({ keepDaily: [{ value: 7, origin: "host" }] });
    expect((await shaped(shapes.HostListShape, 0, "hosts")).items).toHaveLength(1);
    await shaped(shapes.SnapshotListShape, 0, "snapshots");
    await shaped(shapes.RunListShape, 0, "runs");
  });

  it("a preview, a backup, one with warnings and one that failed have the same shape", async () => {
    const preview = await shaped(shapes.BackupShape, 0, "backup", "web1", "--dry-run");
    expect(preview).toMatchObject({ run: null, snapshot: null, preview: { base: null } });
    const first = await shaped(shapes.BackupShape, 0, "backup", "web1");
    expect(first.run).toMatchObject({ status: "succeeded", snapshot: first.snapshot?.name, base: null });
    const plan = await shaped(shapes.RetentionShape, 0, "retention", "web1");
    expect(plan).toMatchObject({ keep: [{ snapshot: first.snapshot }], remove: [], applied: false });
    const change = ["configure-host", "web1", "--keep-last", "1", "--dry-run"] as const;
    const tried = await shaped(shapes.ChangePreviewShape, 0, ...change);
    expect(tried.effects).toMatchObject([{ host: "web1", more: [] }]);
    expect(first.snapshot?.dataPath).toBe(`${first.snapshot?.path}/data`);
    await site.configure("--post-hook", "/bin/false");
    const second = await shaped(shapes.BackupShape, 3, "backup", "web1");
    expect(second.run).toMatchObject({ status: "warning", base: first.snapshot?.name });
    await site.configure("--source", "/nowhere", "--unset", "postHook");
    const third = await shaped(shapes.BackupShape, 1, "backup", "web1");
    expect(third).toMatchObject({ snapshot: null, run: { status: "failed", snapshot: null, stats: null } });
    await site.configure("--source", site.source);
  });

  it("lists and details of what has happened have theirs, newest first", async () => {
    const runs = await shaped(shapes.RunListShape, 0, "runs", "web1");
    expect(runs.items.map((run) => run.id)).toEqual([3, 2, 1]);
    expect(await shaped(shapes.RunListShape, 0, "runs", "--limit", "2")).toMatchObject({ next: 2 });
    for (const run of runs.items)
      expect(await shaped(shapes.RunDetailShape, 0, "show-run", `${run.id}`)).toEqual({
        ...run,
        changes: run.snapshot === null ? null : expect.objectContaining({ removed: 0 }),
      });
    const snapshots = await shaped(shapes.SnapshotListShape, 0, "snapshots", "web1");
    expect(snapshots.items.map((snapshot) => snapshot.runId)).toEqual([2, 1]);
    const { name } = snapshots.items[0] ?? {};
    const pinned = await shaped(
      shapes.SnapshotShape,
      ...([0, "pin", "web1", "latest", "--reason", "a shape", "--until", "90d"] as const),
    );
    expect(pinned).toMatchObject({ name, pin: { reason: "a shape" } });
    expect(await shaped(shapes.SnapshotShape, 0, "unpin", "web1", `${name}`)).toEqual(snapshots.items[0]);
    const [host] = (await shaped(shapes.HostListShape, 0, "hosts")).items;
    expect(host).toMatchObject({ snapshots: 2, lastRun: { id: 3 }, health: "failing" });
  });

  it("configuration, state and diagnosis have theirs", async () => {
    await shaped(shapes.SiteShape, 0, "configure-global");
    await shaped(shapes.SiteShape, 0, "configure-global", "--keep-weekly", "4");
    await shaped(shapes.HostDetailShape, 0, "configure-host", "web1", "--keep-weekly", "8");
    expect(await shaped(shapes.StatusShape, 0, "status")).toMatchObject({ configured: true, open: [] });
    expect(await shaped(shapes.CheckShape, 0, "check-host", "web1")).toMatchObject({ ok: true });
    expect(await shaped(shapes.DoctorShape, 0, "doctor")).toMatchObject({ ok: true });
    const looked = await shaped(shapes.DiscoveryShape, 0, "discover-snapshots");
    expect(looked).toMatchObject({ recorded: [], refused: [], hosts: [{ host: "web1", problem: null }] });
    await shaped(shapes.DiscoveryShape, 0, "discover-snapshots", "--dry-run", "--host", "web1");
    expect(await shaped(shapes.MigrationShape, 0, "migrate")).toMatchObject({ applied: [] });
    const dump = join(site.world.dir, "dump");
    await shaped(shapes.DumpedShape, 0, "dumpdata", "--output", dump);
    await shaped(shapes.MetricsShape, 0, "metrics");
    await shaped(shapes.FailureShape, 2, "loaddata", dump); // That of a load is in dumpdata.test.ts.
  });

  it("what is removed and brought back has theirs", async () => {
    await site.configure("--unset", "postHook", "--trash-keep", "1d", "--keep-last", "1");
    const backup = await shaped(shapes.BackupShape, 0, "backup", "web1", "--prune");
    expect(backup.pruned.length).toBeGreaterThan(0);
    const [name = ""] = backup.pruned;
    const back = await shaped(shapes.BroughtBackShape, 0, "restore-from-trash", "web1", name);
    expect(back).toMatchObject({ run: { kind: "prune" }, snapshot: { name, state: "complete" } });
    await shaped(shapes.SnapshotShape, 0, "unpin", "web1", name);
    const applied = await shaped(shapes.RetentionShape, 0, "retention", "web1", "--apply", "--yes");
    expect(applied).toMatchObject({ applied: true, remove: [{ snapshot: { name, state: "removing" } }] });
    const emptied = await shaped(shapes.EmptiedTrashShape, 0, "empty-trash", "web1", "--yes");
    expect(emptied.removed.map((one) => one.name)).toContain(name);
    await site.configure("--unset", "keepLast", "--unset", "trashKeepSeconds");
  });

  it("what is looked for in history has theirs", async () => {
    const place = `web1:${site.source}`;
    const listing = await shaped(shapes.ListingShape, 0, "ls", place);
    expect(listing.items.length).toBeGreaterThan(0);
    expect((await shaped(shapes.FindingsShape, 0, "find", "*", "--host", "web1")).skipped).toEqual([]);
    expect((await shaped(shapes.VersionListShape, 0, "versions", place)).items.length).toBeGreaterThan(0);
    const compared = await shaped(shapes.ComparisonShape, 0, "diff", "web1", "latest", "latest");
    expect(compared).toMatchObject({ items: [], from: listing.snapshot, to: listing.snapshot });
    await shaped(shapes.FailureShape, 2, "cat", place);
    const target = join(site.world.dir, "restored");
    const preview = await shaped(shapes.RestoreShape, 0, "restore", place, "--to", target, "--dry-run");
    expect(preview).toMatchObject({ run: null, problem: null, preview: { overwritten: 0, deleted: 0 } });
    const restored = await shaped(shapes.RestoreShape, 0, "restore", place, "--to", target);
    expect(restored.run).toMatchObject({ kind: "restore", status: "succeeded" });
  });

  it("what takes the room has its own", async () => {
    const all = await shaped(shapes.SpaceShape, 0, "space");
    expect(await shaped(shapes.SpaceShape, 0, "space", "web1")).toEqual(all);
    expect(all.items[0]?.storedBytes).toBeGreaterThan(0);
  });

  it("what was read again has its own", async () => {
    const found = await shaped(shapes.VerifyShape, 0, "verify", "web1");
    expect(found).toMatchObject({ run: { kind: "verify", status: "succeeded" }, damaged: [] });
    expect(found.checked).toBeGreaterThan(0);
  });

  it("a drill, the proof and the report have theirs", async () => {
    const drilled = await shaped(shapes.DrillShape, 0, "drill", "web1", "--seed", "a");
    expect(drilled).toMatchObject({ run: { kind: "drill", status: "succeeded" }, result: { seed: "a" } });
    const { items } = await shaped(shapes.ProofListShape, 0, "proof");
    expect(items).toMatchObject([{ host: "web1", lastDrill: { runId: drilled.run.id } }]);
    expect((await shaped(shapes.ReportShape, 0, "report")).file).toBeNull();
  });

  it("schedules, what is queued, and those who work on it have theirs", async () => {
    const daily = ["web1", "--cron", "@daily", "--jitter", "5m"];
    const made = await shaped(shapes.ScheduleShape, 0, "schedule", ...daily);
    expect(made).toMatchObject({ host: "web1", name: "default", enabled: true, jitterSeconds: 300 });
    expect((await shaped(shapes.ScheduleListShape, 0, "schedules")).items).toEqual([made]);
    expect(await shaped(shapes.QueuedShape, 0, "scheduler")).toEqual({ queued: 0 });
    await shaped(shapes.HostListShape, 0, "hosts");
    await shaped(shapes.RemovedScheduleShape, 0, "schedule", "web1", "--remove");
    const queued = await shaped(shapes.BackupShape, 0, "backup", "web1", "--queue");
    expect(queued).toMatchObject({ run: { status: "queued", worker: null }, snapshot: null });
    const id = `${queued.run?.id}`;
    for (const what of ["web1", id]) await shaped(shapes.WhyShape, 0, "why", what);
    expect(await shaped(shapes.RunShape, 0, "cancel", id)).toMatchObject({ status: "cancelled" });
    expect(await shaped(shapes.RunShape, 0, "retry", id)).toMatchObject({
      retryOf: queued.run?.id,
      attempt: 2,
    });
    await shaped(shapes.StatusShape, 0, "status");
    expect(await shaped(shapes.WorkDoneShape, 0, "worker")).toEqual({ ended: 1, failed: 0 });
    const followed = await shaped(shapes.RunDetailShape, 0, "show-run", `${Number(id) + 1}`, "--follow");
    expect(followed).toMatchObject({ status: "succeeded", trigger: "retry" });
    const forget = ["forget-runs", "--older-than", "1d"] as const;
    await shaped(shapes.FailureShape, 2, ...forget);
    expect(await shaped(shapes.ForgottenRunsShape, 0, ...forget, "--yes")).toEqual({ forgotten: 0 });
  });

  it("people, and what was done, have theirs", async () => {
    const file = join(site.world.dir, "password");
    writeFileSync(file, "correct horse battery stapler");
    const given = ["--password-file", file];
    const ada = await shaped(shapes.UserShape, 0, "createsuperuser", "--username", "ada", ...given);
    await shaped(shapes.UserShape, 0, "createsuperuser", "--username", "bob", ...given);
    await shaped(shapes.UserShape, 0, "set-password", "bob", ...given);
    await shaped(shapes.RemovedUserShape, 0, "remove-user", "bob", "--yes");
    expect((await shaped(shapes.UserListShape, 0, "users")).items).toEqual([ada]);
    const { items } = await shaped(shapes.AuditListShape, 0, "audit");
    expect(items[0]).toMatchObject({ action: "user.removed", subject: "bob" });
    const alert = await openAlertAt(site.world.environment.POBSYNC_DATABASE_URL, "web1");
    await shaped(AlertListShape, 0, "alerts");
    await shaped(AlertShape, 0, "acknowledge", String(alert), "--reason", "on it");
  });

  it("channels, and what became of a test, have theirs", async () => {
    const kind = ["--kind", "ntfy", "--server", "http://127.0.0.1:9", "--topic", "backups"];
    const phone = await shaped(shapes.ChannelShape, 0, "configure-channel", "phone", ...kind);
    expect((await shaped(shapes.ChannelListShape, 0, "channels")).items).toEqual([phone]);
    await shaped(shapes.NotifiedListShape, 1, "notify", "--test", "phone");
    await shaped(shapes.RemovedChannelShape, 0, "remove-channel", "phone", "--yes");
  });

  it("those who go on for ever are listed with theirs, and end with one document", async () => {
    const up = site.pobsync.start("--json", "up");
    const areThere = async () => (await shaped(shapes.StatusShape, 0, "status")).workers.length === 2;
    await waitUntil(areThere, { what: "scheduler and worker" });
    await shaped(shapes.HealthcheckShape, 0, "healthcheck", "worker");
    up.child.kill("SIGTERM");
    const result = await up.ended;
    expect(shapes.WorkDoneShape.strict().parse(result.json())).toEqual({ ended: 0, failed: 0 });
    seen.add("up");
    const serve = site.pobsync.start("--json", "serve");
    const [, url] = await serve.waitForOutput(/console is at (\S+?)\. /);
    serve.child.kill("SIGTERM");
    expect(shapes.ServedShape.strict().parse((await serve.ended).json())).toEqual({ served: url });
    seen.add("serve");
  });

  it("state and diagnosis have it also when something is wrong", async () => {
    const prefix = ["--prefix", join(site.world.dir, "yaml")];
    await shaped(shapes.ExportShape, 0, "export-configs", ...prefix);
    await shaped(shapes.ImportShape, 0, "import-configs", ...prefix);
    writeFileSync(join(site.world.backupRoot, ".pobsync-root"), "{}");
    await shaped(shapes.StatusShape, 0, "status");
    expect(await shaped(shapes.DoctorShape, 1, "doctor")).toMatchObject({ ok: false });
    expect(await shaped(shapes.CheckShape, 1, "check-host", "web1")).toMatchObject({ ok: false });
    await shaped(shapes.BackupShape, 1, "backup", "web1");
  });

  it("a command that did nothing says why", async () => {
    const { problem } = await shaped(shapes.FailureShape, 5, "show-host", "web2");
    expect(problem.code).toBe("not_found");
    await shaped(shapes.FailureShape, 2, "runs", "--limit", "x");
    await shaped(shapes.FailureShape, 2, "backup");
    await shaped(shapes.FailureShape, 2, "remove-host", "web1", "--yes");
    for (const word of ["acknowledge-anomaly", "dismiss-anomaly"]) // More of them is in anomalies.test.ts.
      await shaped(shapes.FailureShape, 2, word, "web1", "--reason", "x");
    await shaped(shapes.EnrolmentShape, 0, "enroll", "web1", "--as", "full", "--print");
    await shaped(shapes.EnrolmentShape, 1, "enroll", "web1");
    expect((await shaped(shapes.HostDetailShape, 0, "show-host", "web1")).identities).toHaveLength(1);
    await shaped(shapes.EnrolmentShape, 0, "enroll", "web1", "--revoke");
    const yes = ["--yes", "--keep-snapshots"];
    const removed = await shaped(shapes.RemovedHostShape, 0, "remove-host", "web1", ...yes);
    expect(removed).toMatchObject({ name: "web1", snapshots: 3, deleted: false });
  });

  it("there is no command left whose document has no shape", () => {
    // Behind `manage` there is always another command, whose document it is.
    const names = COMMANDS.map(({ name }) => name).filter((name) => name !== "manage");
    expect(names.filter((name) => !seen.has(name))).toEqual([]);
  });
});
