// Where attributes cannot be kept, and where snapshots of both kinds lie side by side.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireAttributes } from "../../src/system/attribute-support.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { damage, flipped } from "../support/damage.ts";
import { planted, plantTree } from "../support/hostile-tree.ts";
import { restore } from "../support/restoring.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";

describe("a disk", () => {
  it("that takes no attributes of users' files is refused, before anything comes to lie there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pobsync-plain-"));
    try {
      await requireAttributes(folder);
      await runTool("mount", ["-t", "ramfs", "ramfs", folder]);
      try {
        const refused = requireAttributes(folder);
        await expect(refused).rejects.toMatchObject({
          code: "attributes_unsupported",
          message: `The disk of ${folder} does not keep attributes of files.`,
        });
        expect(readdirSync(folder)).toEqual([]);
      } finally {
        await runTool("umount", ["--", folder]);
      }
    } finally {
      rmSync(folder, { recursive: true });
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
