// What --json prints is exactly what the contract says: no field missing, none that nobody has promised.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { COMMANDS } from "../../src/cli/commands.ts";
import * as shapes from "../../src/contract/schemas.ts";
import { makeSshSite, type SshSite } from "../support/ssh-site.ts";

let site: SshSite;
/** Commands whose document was held against a shape. */
const seen = new Set<string>();
beforeAll(async () => {
  site = await makeSshSite();
  await site.configure(
    "--exclude",
    "*.tmp",
    "--keep-daily",
    "7",
    "--pre-hook",
    "/bin/true",
    "--bwlimit",
    "0",
  );
});
afterAll(() => site.dispose());

/** Runs a command with --json and returns its document, once it has proved to have the shape and nothing beside it. */
async function shaped<Shape extends z.ZodType>(
  shape: Shape,
  exit: number,
  command: string,
  ...args: string[]
): Promise<z.infer<Shape>> {
  seen.add(command);
  const result = await site.pobsync.run("--json", command, ...args);
  expect({ exit: result.code, stderr: result.stderr }).toMatchObject({ exit });
  const parsed = shape.safeParse(result.json());
  expect(parsed.error?.issues ?? []).toEqual([]);
  // Parsing drops what the shape does not name.
  expect(parsed.data).toEqual(result.json());
  return parsed.data as z.infer<Shape>;
}

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
      expect(await shaped(shapes.RunShape, 0, "show-run", `${run.id}`)).toEqual(run);
    const snapshots = await shaped(shapes.SnapshotListShape, 0, "snapshots", "web1");
    expect(snapshots.items.map((snapshot) => snapshot.runId)).toEqual([2, 1]);
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
    expect(await shaped(shapes.MigrationShape, 0, "migrate")).toMatchObject({ applied: [] });
  });

  it("state and diagnosis have it also when something is wrong", async () => {
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
    const removed = await shaped(
      shapes.RemovedHostShape,
      0,
      "remove-host",
      "web1",
      "--yes",
      "--keep-snapshots",
    );
    expect(removed).toMatchObject({ name: "web1", snapshots: 2, deleted: false });
  });

  it("there is no command left whose document has no shape", () => {
    expect(COMMANDS.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });
});
