// The metrics on the command line: printed, and in a file for the textfile collector of node_exporter.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { checkMetrics } from "../support/prometheus.ts";

let site: BackupSite;
let folder: string;
beforeAll(async () => {
  site = await makeSite();
  folder = join(site.world.dir, "textfiles");
  mkdirSync(folder);
});
afterAll(() => site.world.dispose());

it("are printed as Prometheus reads them", async () => {
  const { code, stdout, stderr } = await site.pobsync.run("metrics");
  expect([code, stderr]).toEqual([0, ""]);
  await checkMetrics(stdout);
});

it("replace the file as a whole, and everybody may read it", async () => {
  const file = join(folder, "pobsync.prom");
  writeFileSync(file, "of the minute before\n", { mode: 0o600 });
  expect(await site.pobsync.run("--quiet", "metrics", "--output", file)).toMatchObject({
    code: 0,
    stdout: "",
  });
  await checkMetrics(readFileSync(file, "utf8"));
  expect(statSync(file).mode & 0o777).toBe(0o644);
  expect(readdirSync(folder)).toEqual(["pobsync.prom"]);
});

it("are refused in words where no file can be", async () => {
  const { code, stderr } = await site.pobsync.run("metrics", "--output", join(folder, "missing", "a.prom"));
  expect(code).toBe(1);
  expect(stderr).toContain("could not be written: no such file or directory.");
});
