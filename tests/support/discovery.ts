// Looks at the disk of a site: with the real command, on snapshots that a test has put there or taken away.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { DiscoveryJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "./backup-site.ts";
import { sqlOf } from "./sql.ts";

/** What discover-snapshots answers, once it has ended with that exit code. */
export async function discover(site: BackupSite, exit: number, ...args: string[]): Promise<DiscoveryJson> {
  const result = await site.pobsync.run("--json", "discover-snapshots", ...args);
  expect({ exit: result.code, said: result.stderr }).toMatchObject({ exit });
  return result.json();
}

/** A site whose host "web1" is this machine and has three snapshots. `source` is what they are of. */
export async function siteWithSnapshots(): Promise<{ site: BackupSite; source: string }> {
  const site = await makeSite();
  const source = join(site.world.hostDir, "source");
  mkdirSync(source);
  writeFileSync(join(source, "kept"), "the same every day");
  await site.configureHost("web1", null, "--source", source);
  for (const content of ["one", "two", "three"]) {
    writeFileSync(join(source, "changed"), content);
    await site.backUp("web1");
  }
  return { site, source };
}

/** Copies of a snapshot of "web1" under other names, as if they had been made on other days. */
export function multiply(site: BackupSite, name: string, count: number): string[] {
  const folderOf = (snapshot: string) => site.pathOf("web1", "snapshots", snapshot);
  const metadata = JSON.parse(readFileSync(join(folderOf(name), "snapshot.json"), "utf8"));
  return Array.from({ length: count }, (_, index) => {
    const startedAt = new Date(Date.UTC(2024, 0, 1) + index * 86_400_000).toISOString();
    const copy = `${startedAt.replace(/[-:]|\.\d{3}/g, "")}-scheduled-0000aa`;
    cpSync(folderOf(name), folderOf(copy), { recursive: true });
    const said = { ...metadata, name: copy, kind: "scheduled", startedAt, finishedAt: startedAt };
    writeFileSync(join(folderOf(copy), "snapshot.json"), JSON.stringify({ ...said, base: null }));
    return copy;
  });
}

/** Removes the database and sets the site up anew over the same backup root. No host is configured then. */
export async function loseDatabase({ world, ok }: BackupSite): Promise<void> {
  sqlOf(world).lose();
  await ok("migrate");
  await ok("configure-global", "--backup-root", world.backupRoot);
}
