// What actions need, for benchmarks that call them without a command line around.
import type { App } from "../src/actions/app.ts";
import type { Database } from "../src/store/database.ts";

export const appOn = (db: Database, now: Date): App => ({
  db,
  clock: () => now,
  version: "0",
  randomHex: (bytes) => "0".repeat(bytes * 2),
  node: "main",
  leaseSeconds: 60,
  secretKeyFile: "",
  hasher: [],
  requestedBy: null,
  actor: { name: null, kind: "system", address: null },
});
