// All migrations, in the order in which they are applied. A released one never changes.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "./dialect.ts";
import { up as initial } from "./migrations/0001-initial.ts";
import { up as queue } from "./migrations/0002-queue.ts";
import { up as removal } from "./migrations/0003-removal.ts";
import { up as people } from "./migrations/0004-people.ts";
import { up as days } from "./migrations/0005-days.ts";
import { up as snapshotList } from "./migrations/0005-snapshot-list.ts";
import { up as nodes } from "./migrations/0006-nodes.ts";
import { up as sandbox } from "./migrations/0007-sandbox.ts";
import { up as identities } from "./migrations/0008-identities.ts";
import { up as channels } from "./migrations/0009-channels.ts";
import { up as alerts } from "./migrations/0010-alerts.ts";
import { up as proof } from "./migrations/0012-proof.ts";
import { up as waiting } from "./migrations/0013-waiting.ts";
import { up as pings } from "./migrations/0014-pings.ts";
import { up as anomalies } from "./migrations/0015-anomalies.ts";
import { up as standing } from "./migrations/0016-standing.ts";
import { up as fakeSuper } from "./migrations/0017-fake-super.ts";
import { up as sharing } from "./migrations/0018-sharing.ts";
import { up as waitingSince } from "./migrations/0019-waiting-since.ts";

export const MIGRATION_TABLE = "pobsync_migrations";

export const MIGRATIONS: Readonly<
  Record<string, (db: Kysely<unknown>, dialect: DatabaseDialect) => Promise<void>>
> = {
  "0001-initial": initial,
  "0002-queue": queue,
  "0003-removal": removal,
  "0004-people": people,
  "0005-snapshot-list": snapshotList,
  "0005-days": days,
  "0006-nodes": nodes,
  "0007-sandbox": sandbox,
  "0008-identities": identities,
  "0009-channels": channels,
  "0010-alerts": alerts,
  "0012-proof": proof,
  "0013-waiting": waiting,
  "0014-pings": pings,
  "0015-anomalies": anomalies,
  "0016-standing": standing,
  "0017-fake-super": fakeSuper,
  "0018-sharing": sharing,
  "0019-waiting-since": waitingSince,
};

export const MIGRATION_NAMES: readonly string[] = Object.keys(MIGRATIONS).sort();
