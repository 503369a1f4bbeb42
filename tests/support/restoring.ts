// What tests of restores have in common: the command with its document, and a site with something worth getting back.
import { join } from "node:path";
import { expect } from "vitest";
import type { RestoreJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "./backup-site.ts";
import { plantTree } from "./hostile-tree.ts";
import { type TreeFacts, treeFacts } from "./tree-facts.ts";

/** `restore --json`, which must end with that exit code. */
export async function restore(site: BackupSite, exit: number, ...args: string[]): Promise<RestoreJson> {
  const result = await site.pobsync.run("--json", "restore", ...args);
  expect({ exit: result.code, stderr: result.stderr }).toMatchObject({ exit });
  return result.json();
}

export type RestoreSite = {
  site: BackupSite;
  /** The host's only source: a hostile tree. */
  source: string;
  /** What was backed up. */
  expected: TreeFacts;
  /** A path of this world. */
  at(...parts: string[]): string;
  /** All that lies below the backup root of snapshots, to be compared with itself later. */
  snapshots(): Promise<TreeFacts>;
};

/** Host "nas" (this machine) with two snapshots of a hostile tree. The owner calls `site.world.dispose()`. */
export async function makeRestoreSite(): Promise<RestoreSite> {
  const site = await makeSite();
  const source = join(site.world.hostDir, "srv", "tree");
  await plantTree(source, { sparseMebibytes: 64 });
  const expected = await treeFacts(source);
  await site.configureHost("nas", null, "--source", source);
  await site.backUp("nas");
  await site.backUp("nas");
  return {
    site,
    source,
    expected,
    at: (...parts) => join(site.world.dir, ...parts),
    snapshots: () => treeFacts(site.pathOf("nas", "snapshots")),
  };
}
