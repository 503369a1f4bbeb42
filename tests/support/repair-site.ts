// A site with one host, for tests about damage to what it has stored and about mending it.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { VerifyShape } from "../../src/contract/schemas.ts";
import type { VerifyJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "./backup-site.ts";
import type { Pobsync } from "./pobsync.ts";
import type { TestSshd } from "./sshd.ts";

export type RepairSite = BackupSite & {
  /** Writes a file of the host; a time keeps rsync from taking a second version for the first. */
  write(file: string, content: string): void;
  /** Where a snapshot has a file of the host. */
  stored(snapshot: string, file: string): string;
  /** `verify --json`, which must end with that exit code. */
  verify(code: number, ...args: string[]): Promise<VerifyJson>;
  /** Of each snapshot, oldest first, what is said of its contents. */
  results(): Promise<(string | null)[]>;
  /** Nothing of a repair is left on the disk. */
  isTidy(): boolean;
};

/** Its host is "nas"; whoever made the site calls `world.dispose()`. */
export async function makeRepairSite(sshd: TestSshd | null): Promise<RepairSite> {
  const site = await makeSite();
  await site.configureHost("nas", sshd, "--source", site.world.hostDir);
  return {
    ...site,
    write: (file, content) => writeFileSync(join(site.world.hostDir, file), content),
    stored: (snapshot, file) =>
      join(site.pathOf("nas", "snapshots", snapshot, "data"), site.world.hostDir, file),
    verify: (code, ...args) => verifyWith(site.pobsync, code, ...args),
    results: async () => (await site.snapshots("nas")).toReversed().map((one) => one.verifyResult),
    isTidy: () => !existsSync(site.pathOf("nas", "repair")),
  };
}

async function verifyWith(pobsync: Pobsync, code: number, ...args: string[]): Promise<VerifyJson> {
  const result = await pobsync.run("--json", "verify", ...args);
  expect([result.code, result.stderr]).toEqual([code, expect.anything()]);
  return VerifyShape.strict().parse(result.json());
}

/** What became of each damaged file, by the last part of its path. */
export const outcomes = ({ damaged }: VerifyJson): Record<string, string | null> =>
  Object.fromEntries(
    damaged.map(({ path, repaired, whyNot }) => [path.split("/").at(-1), repaired ?? whyNot]),
  );
