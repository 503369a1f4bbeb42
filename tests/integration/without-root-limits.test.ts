// Where attributes cannot be kept, and where snapshots of both kinds lie side by side.
import { chownSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { damage, flipped } from "../support/damage.ts";
import { planted, plantTree } from "../support/hostile-tree.ts";
import { makeOrdinarySite, ORDINARY_USER } from "../support/ordinary-user.ts";
import { restore } from "../support/restoring.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";

describe("a disk without attributes of users' files", () => {
  it("is refused before anything comes, by the doctor and by check-host too", async () => {
    const at = await makeOrdinarySite();
    const { site, sshd } = at;
    const { backupRoot, hostDir } = site.world;
    const marker = readdirSync(backupRoot);
    const aside = join(site.world.dir, "aside");
    await runTool("cp", ["-a", backupRoot, aside]);
    await runTool("mount", ["-t", "ramfs", "ramfs", backupRoot]);
    try {
      for (const name of marker) await runTool("cp", ["-a", join(aside, name), backupRoot]);
      chownSync(backupRoot, ORDINARY_USER, ORDINARY_USER);
      writeFileSync(join(hostDir, "file"), "file");
      await site.ok("configure-global", "--min-free", "0");
      await site.configureHost("web1", sshd, "--source", hostDir);
      const { run } = (await site.pobsync.run("--json", "backup", "web1")).json();
      expect(run).toMatchObject({ status: "failed", problem: { code: "attributes_unsupported" } });
      expect(site.onDisk("web1", "snapshots")).toEqual([]);
      const checked = await site.pobsync.run("check-host", "web1");
      expect(checked.stdout + checked.stderr).toContain("does not keep attributes of files");
      const doctor = (await site.pobsync.run("--json", "doctor")).json();
      const about = doctor.findings.find(({ what }: { what: string }) => what === "backup root");
      expect(about.problem).toMatchObject({ code: "attributes_unsupported" });
    } finally {
      await runTool("umount", ["--", backupRoot]);
      await at.dispose();
    }
  });
});

describe("root, asked for attributes", () => {
  let site: BackupSite;
  let sshd: TestSshd;
  let source: string;

  beforeAll(async () => {
    [site, sshd] = await Promise.all([makeSite(), startSshd()]);
    source = join(site.world.hostDir, "tree");
    await plantTree(source, { sparseMebibytes: 4 });
  });
  afterAll(async () => {
    await site.world.dispose();
    await sshd.stop();
  });

  it.each(["ssh", "local"])(
    "begins anew from a snapshot of the other kind, over %s, and restores each exactly",
    async (way) => {
      const expected = await treeFacts(source);
      await site.configureHost(way, way === "ssh" ? sshd : null, "--source", source);
      const plain = await site.backUp(way);
      await site.ok("configure-host", way, "--rsync-arg=--fake-super");
      const kept = await site.backUp(way);
      expect(kept).toMatchObject({ run: { base: null, warnings: [] }, snapshot: { fakeSuper: true } });
      const again = await site.backUp(way);
      expect(again.run).toMatchObject({
        base: kept.snapshot.name,
        stats: { newFiles: 0, copiedInsteadOfLinked: 0 },
      });
      for (const { snapshot } of [plain, kept, again]) {
        const dir = join(site.world.dir, `${way}-${snapshot.name}`);
        mkdirSync(dir);
        await restore(site, 0, `${way}:${source}`, "--to", dir, "--snapshot", snapshot.name, "--check");
        expect(compareTrees(expected, await treeFacts(join(dir, "tree")))).toEqual([]);
      }
    },
  );

  it("has a damaged file mended with all that is kept of it", async () => {
    const [newest] = await site.snapshots("ssh");
    const file = join(`${newest?.dataPath}${source}`, planted.setuid);
    const before = await treeFacts(`${newest?.dataPath}`);
    await damage(file, flipped(0));
    const { code } = await site.pobsync.run("verify", "ssh", "--repair");
    expect(code).toBe(3);
    expect(compareTrees(before, await treeFacts(`${newest?.dataPath}`))).toEqual([]);
  });
});
