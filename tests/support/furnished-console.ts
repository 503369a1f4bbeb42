// A console with something of everything: a host with a snapshot and a schedule, a run that waits, a person and a token.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { queueBackup } from "../../src/actions/change-run.ts";
import { configureHost } from "../../src/actions/configure-host.ts";
import { configureSchedule } from "../../src/actions/configure-schedule.ts";
import { configureSite } from "../../src/actions/configure-site.ts";
import { migrateDatabase } from "../../src/actions/migrate-database.ts";
import { createApiToken } from "../../src/actions/people/api-tokens.ts";
import { createUser } from "../../src/actions/people/manage-users.ts";
import { PLAIN_RUN } from "../../src/domain/run.ts";
import { listRows } from "../../src/store/admin-tables.ts";
import type { Known } from "./api-operations.ts";
import { startConsole, type TestConsole } from "./console.ts";
import { makeWorld } from "./world.ts";

/**
 * `known`: what stands in requests for something that is there. Mallory is nobody whom a test signs in as.
 * @param databaseUrl an empty database; a file of its own when it is left out
 */
export async function startFurnished(databaseUrl?: string): Promise<{ site: TestConsole; known: Known }> {
  const world = makeWorld(databaseUrl === undefined ? {} : { databaseUrl });
  await migrateDatabase(world.environment.POBSYNC_DATABASE_URL ?? "");
  const started = await startConsole({ world });
  const { app } = started;
  const site: TestConsole = {
    ...started,
    async close() {
      await started.close();
      await world.dispose();
    },
  };
  const { backupRoot } = world;
  await configureSite(app, { backupRoot, minFreePercent: 0, settings: {}, unset: [] });
  writeFileSync(join(world.hostDir, "hosts"), "127.0.0.1 localhost\n");
  const settings = { sources: [world.hostDir], keepLast: 3 };
  await configureHost(app, "web1", { transport: "local", settings, unset: [] });
  await configureSchedule(app, "web1", "default", { cron: "15 2 * * *" });
  await queueBackup(app, "web1", PLAIN_RUN);
  await site.workOff();
  await queueBackup(app, "web1", PLAIN_RUN);
  const mallory = { username: "mallory", password: "a ship in the night", role: "viewer" };
  const user = await createUser(app, mallory);
  await createApiToken(app, { user, role: "viewer" }, { name: "hers", role: "viewer", expiresAt: null });
  const snapshots = (await listRows(app.db, "snapshots", { limit: 1 })).items;
  const snapshot = snapshots[0]?.name;
  if (typeof snapshot !== "string") throw new Error("the backup of the furnished console made no snapshot");
  const names = { host: "web1", snapshot, username: "mallory", table: "hosts", path: world.hostDir };
  return { site, known: { ...names, from: snapshot, to: snapshot, pattern: "hosts", id: 1 } };
}
