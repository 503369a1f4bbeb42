// The program's actions on a site, at whatever time a test wants it to be.
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { App } from "../../src/actions/app.ts";
import { openDatabase } from "../../src/store/database.ts";
import type { BackupSite } from "./backup-site.ts";

export type ClockedApp = App & {
  /** "2026-11-23T02:15" and the like, in UTC. */
  setClock(text: string): void;
  close(): Promise<void>;
};

/** An app on the site's database. Its clock stands still until it is set. */
export async function clockedApp(site: BackupSite, start: string): Promise<ClockedApp> {
  const db = await openDatabase(site.world.environment.POBSYNC_DATABASE_URL ?? "");
  let now = new Date(`${start}Z`);
  return {
    db,
    clock: () => now,
    version: "0.0.0",
    randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    node: "main",
    leaseSeconds: 60,
    secretKeyFile: `${site.world.environment.POBSYNC_STATE_DIR}/secret.key`,
    hasher: [process.execPath, fileURLToPath(new URL("../../src/main/hasher.ts", import.meta.url))],
    requestedBy: "ada",
    actor: { name: "ada", kind: "cli", address: null },
    setClock: (text) => {
      now = new Date(`${text}Z`);
    },
    close: db.close,
  };
}
