// Whoever looks while another process writes the catalog gets what is in it, and is told what is not.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";

let site: BackupSite;
beforeAll(async () => {
  site = await makeSite();
  await site.configureHost("web1", null, "--source", site.world.hostDir);
});
afterAll(() => site.world.dispose());

it("a catalog that is being written is read as it is, and said to be behind", async () => {
  writeFileSync(join(site.world.hostDir, "first"), "1");
  await site.backUp("web1");
  await site.ok("ls", "web1");
  const writer = new DatabaseSync(site.pathOf("web1", "catalog.sqlite3"));
  writer.exec("BEGIN IMMEDIATE");
  writeFileSync(join(site.world.hostDir, "second"), "2");
  await site.backUp("web1");
  const look = async () => site.ok("--json", "ls", `web1:${site.world.hostDir}`);
  const behind = await look();
  expect(behind.json().items).toHaveLength(1);
  expect(behind.stderr).toContain("The catalog of web1 is behind");
  expect(behind.stderr).toContain("1 of 2 snapshots not in it");
  writer.exec("ROLLBACK");
  writer.close();
  const current = await look();
  expect(current.json().items).toHaveLength(2);
  expect(current.stderr).not.toContain("behind");
});
