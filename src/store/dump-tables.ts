// Which tables a dump holds, in its order, and why the others are left out.
import { TABLES } from "./tables.ts";

type Table = keyof typeof TABLES;
type ColumnOf<T extends Table> = keyof (typeof TABLES)[T] & string;

interface Kept<Column> {
  /** Rows come in its order. */
  readonly key: readonly [Column, ...Column[]];
  /** Whether the database numbers its rows itself. */
  readonly numbered: boolean;
  /** Names a row of the same table, which may come later. */
  readonly sibling?: Column;
}
interface LeftOut {
  readonly leftOut: string;
}

const numbered = { key: ["id"], numbered: true } as const;

/** Those that others refer to come first. A new table does not compile before it has its place here. */
const PLANS = {
  settings: { key: ["id"], numbered: false },
  nodes: numbered,
  hosts: numbered,
  /** Private keys are sealed in a dump too: they open where the secret key was brought along. */
  identities: numbered,
  runs: numbered,
  schedules: numbered,
  snapshots: { ...numbered, sibling: "baseId" },
  snapshotHolds: { key: ["runId", "snapshotId"], numbered: false },
  alerts: numbered,
  notifications: numbered,
  alertNotices: { key: ["alertId", "channelId", "kind", "turn"], numbered: false },
  /** Sealed as private keys are. */
  pings: { key: ["id"], numbered: false },
  proofs: { key: ["hostId"], numbered: false },
  users: numbered,
  apiTokens: numbered,
  /** Sealed as private keys are. */
  notificationChannels: numbered,
  auditEntries: numbered,
  runLeases: { leftOut: "A lease is a living process's; without it a run is settled as lost." },
  hostLocks: { leftOut: "Held by a running run together with its lease." },
  watchTurns: { leftOut: "Whose turn it is to look, among processes that live now." },
  workers: { leftOut: "Processes that live now, and on that database." },
  sessions: { leftOut: "Who was signed in signs in again: cookies of another place must not count here." },
  loginThrottles: { leftOut: "Over in a quarter of an hour." },
} as const satisfies { readonly [T in Table]: Kept<ColumnOf<T>> | LeftOut };

export interface DumpedTable extends Kept<string> {
  readonly name: Table;
  readonly columns: (typeof TABLES)[Table];
}

export const DUMPED: readonly DumpedTable[] = (Object.keys(PLANS) as Table[]).flatMap((name) => {
  const plan: Kept<string> | LeftOut = PLANS[name];
  return "leftOut" in plan ? [] : [{ ...plan, name, columns: TABLES[name] }];
});
