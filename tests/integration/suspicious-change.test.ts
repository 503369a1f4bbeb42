// A host whose files were encrypted or renamed: the snapshot is suspect, the last good one is kept, and nothing is pruned.
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SnapshotJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";

const FILES = 60;

let site: BackupSite;
let sshd: TestSshd;
let source: string;
beforeAll(async () => {
  [site, sshd] = [await makeSite(), await startSshd()];
});
afterAll(async () => {
  await sshd.stop();
  await site.world.dispose();
});
beforeEach(() => {
  source = join(site.world.hostDir, "letters");
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source);
  for (let n = 0; n < FILES; n += 1) write(n, "old");
});

const write = (n: number, word: string): void =>
  writeFileSync(join(source, `letter\n${n}`), `${n} ${word} `.repeat(1000));
const encrypt = (): void => {
  for (const name of readdirSync(source)) writeFileSync(join(source, name), randomBytes(8000));
};
const snapshots = (host: string): Promise<SnapshotJson[]> => site.snapshots(host);
const backUp = async (host: string) => {
  const result = await site.pobsync.run("--json", "backup", host);
  const { run, snapshot } = result.json();
  return { exit: result.code, codes: run.warnings.map(({ code }: { code: string }) => code), snapshot, run };
};

describe.each(["ssh", "local"])("a host over %s", (transport) => {
  const make = async (name: string): Promise<string> => {
    const host = `${name}-${transport}`;
    const options = ["--source", source, "--keep-last", "1"];
    await site.configureHost(host, transport === "ssh" ? sshd : null, ...options);
    return host;
  };

  it("whose files were encrypted makes a suspect snapshot, and nothing goes before a person has looked", async () => {
    const host = await make("encrypted");
    const first = await site.backUp(host);
    write(1, "new");
    const good = await site.backUp(host);
    encrypt();
    const { exit, codes, run } = await backUp(host);
    expect({ exit, codes }).toEqual({ exit: 3, codes: ["suspicious_change"] });
    expect(run.warnings[0].message).toMatch(
      /^Suspicious change: of 60 changed files that were looked into, 60 could be read before/,
    );
    const [suspect, last, oldest] = await snapshots(host);
    expect(suspect?.anomaly).toBe(run.warnings[0].message);
    expect(last?.pin).toMatchObject({
      by: "pobsync itself",
      reason: expect.stringContaining(suspect?.name ?? ""),
    });
    expect([last?.name, oldest?.name, oldest?.pin]).toEqual([good.snapshot.name, first.snapshot.name, null]);
    // The next night is calm, and the question is still open.
    expect(await backUp(host)).toMatchObject({ exit: 0, codes: [] });
    const held = await site.pobsync.run("--json", "retention", host, "--apply", "--yes");
    expect(held.json().problem).toMatchObject({
      ...{ code: "pruning_held", message: expect.stringContaining("looks suspicious") },
    });
    expect(await snapshots(host)).toHaveLength(4);
    // Pruned once in spite of it: the last good one stays, and the question stays open.
    await site.ok("retention", host, "--apply", "--override-hold", "--yes");
    const left = await snapshots(host);
    expect(left.map(({ name }) => name)).toContain(good.snapshot.name);
    expect((await site.pobsync.run("retention", host, "--apply", "--yes")).code).toBe(1);
    await site.ok("dismiss-anomaly", host, "--reason", "we have encrypted them ourselves");
    expect((await snapshots(host)).map(({ pin }) => pin).filter((pin) => pin !== null)).toEqual([]);
    await site.ok("retention", host, "--apply", "--yes");
    expect(await snapshots(host)).toHaveLength(1);
  });

  it("whose files all have other names is suspect too; one where a few changed is not", async () => {
    const host = await make("renamed");
    await site.backUp(host);
    for (let n = 0; n < 20; n += 1) write(n, "changed");
    renameSync(join(source, "letter\n1"), join(source, "letter 1 renamed"));
    for (let night = 0; night < 3; night += 1) {
      write(night, "tonight");
      await site.backUp(host);
    }
    for (const name of readdirSync(source)) renameSync(join(source, name), join(source, `${name}.locked`));
    const { codes, run } = await backUp(host);
    expect(codes).toEqual(["suspicious_change"]);
    expect(run.warnings[0].message).toEqual(
      expect.stringMatching(
        /^Suspicious change: (\d+) of \1 files are gone, and \1 with other names have come\.$/,
      ),
    );
  });

  it("that somebody has pinned a snapshot of keeps that pin as it is", async () => {
    const host = await make("pinned");
    const { snapshot } = await site.backUp(host);
    await site.ok("pin", host, snapshot.name, "--reason", "the auditors");
    encrypt();
    await backUp(host);
    await site.ok("dismiss-anomaly", host, "--reason", "a test");
    await site.ok("retention", host, "--apply", "--yes");
    expect((await snapshots(host)).map(({ pin }) => pin?.reason ?? null)).toEqual([null, "the auditors"]);
  });

  it("that changes much every night is calm while it does so", async () => {
    const host = await make("busy");
    for (let night = 0; night < 4; night += 1) {
      await site.backUp(host);
      for (let n = 0; n < FILES; n += 1) write(n, `night ${night}`);
    }
    expect(await backUp(host)).toMatchObject({ exit: 0, codes: [] });
  });
});
