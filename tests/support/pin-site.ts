// A host with three snapshots to pin, of which retention keeps the newest one; and what is known of them, in SQL and on disk.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import type { SnapshotJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "./backup-site.ts";
import { sqlOf } from "./sql.ts";

export type PinSite = BackupSite & {
  /** Newest first; the newest has the oldest's files but for one. */
  names: readonly [newest: string, middle: string, oldest: string];
  folderOf(name: string, ...parts: string[]): string;
  metadataOf(name: string): Record<string, unknown> & { pin?: SnapshotJson["pin"] };
  /** The whole row of a snapshot. */
  rowOf(name: string): Record<string, unknown>;
  setInSql(name: string, column: string, value: string | null): void;
  sqlPin(name: string): SnapshotJson["pin"];
  /** Commands that must succeed. */
  pin(name: string, ...options: string[]): Promise<SnapshotJson>;
  unpin(name: string): Promise<SnapshotJson>;
};

/** The host is called nas, its policy thinks in Amsterdam, and whoever asks is ada. The owner calls `world.dispose()`. */
export async function makePinSite(): Promise<PinSite> {
  vi.stubEnv("SUDO_USER", "ada");
  const site = await makeSite();
  vi.unstubAllEnvs();
  const { hostDir } = site.world;
  writeFileSync(join(hostDir, "same"), "content");
  await site.configureHost("nas", null, "--source", hostDir, "--time-zone", "Europe/Amsterdam");
  const backUp = async (content: string): Promise<string> => {
    writeFileSync(join(hostDir, "changes"), content);
    return (await site.backUp("nas")).snapshot.name;
  };
  const [oldest, middle, newest] = [await backUp("1"), await backUp("2"), await backUp("3")];
  await site.ok("configure-host", "nas", "--keep-last", "1");

  const sql = sqlOf(site.world);
  const folderOf = (name: string, ...parts: string[]) => site.pathOf("nas", "snapshots", name, ...parts);
  const rowOf = (name: string): Record<string, unknown> =>
    sql.rows(`select * from snapshots where name = ${sql.literal(name)}`)[0] ?? {};
  return {
    ...site,
    names: [newest, middle, oldest],
    folderOf,
    metadataOf: (name) => JSON.parse(readFileSync(folderOf(name, "snapshot.json"), "utf8")),
    rowOf,
    setInSql: (name, column, value) =>
      sql.change(`update snapshots set ${column} = ${sql.literal(value)} where name = ${sql.literal(name)}`),
    sqlPin: (name) => JSON.parse(`${rowOf(name).pin ?? null}`),
    pin: async (name, ...options) => (await site.ok("--json", "pin", "nas", name, ...options)).json(),
    unpin: async (name) => (await site.ok("--json", "unpin", "nas", name)).json(),
  };
}
