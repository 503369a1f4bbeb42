// The tables, defined once: row types for the query builder, and the kind of each column for the codecs.
import type { ColumnType, Kysely } from "kysely";
import { ALERT_TABLES } from "./alert-tables.ts";
import { type Column, generated, nullable, required } from "./columns.ts";
import { PEOPLE_TABLES } from "./people-tables.ts";

export const TABLES = {
  settings: {
    id: required<number>("int"),
    backupRoot: required<string>("text"),
    rootId: required<string>("text"),
    maxParallel: required<number>("int"),
    minFreePercent: required<string>("text"),
    hostKeyPolicy: required<string>("text"),
    inherited: required<unknown>("json"),
    logLimitBytes: nullable<number>("int"),
    logKeepSeconds: nullable<number>("int"),
    historyKeepSeconds: nullable<number>("int"),
    sandbox: nullable<string>("text"),
    updatedAt: required<Date>("time"),
  },
  /** Further backup servers on this database, each with a root of its own; that of the first stands in settings. */
  nodes: {
    id: generated<number>("int"),
    name: required<string>("text"),
    backupRoot: required<string>("text"),
    rootId: required<string>("text"),
    updatedAt: required<Date>("time"),
  },
  hosts: {
    id: generated<number>("int"),
    name: required<string>("text"),
    /** The name of the backup server that keeps it. */
    node: generated<string>("text"),
    address: required<string>("text"),
    transport: required<string>("text"),
    enabled: required<boolean>("bool"),
    hostKeys: required<unknown>("json"),
    own: required<unknown>("json"),
    /** Null: none. */
    tags: nullable<unknown>("json"),
    /** The span within its windows that is open or opens next, by the settings that hold; null where nothing bounds it. */
    windowFrom: nullable<Date>("time"),
    windowUntil: nullable<Date>("time"),
    /** When a person last said that what stood in the way of pruning is as it should be … */
    trustedAt: nullable<Date>("time"),
    /** … and the newest snapshot that this was said about. */
    trustedSnapshotId: nullable<number>("int"),
    createdAt: required<Date>("time"),
    updatedAt: required<Date>("time"),
  },
  /** Key pairs of pobsync's own, with which it signs in to a host. */
  identities: {
    id: generated<number>("int"),
    hostId: required<number>("int"),
    role: required<string>("text"),
    access: required<string>("text"),
    user: required<string>("text"),
    publicKey: required<string>("text"),
    /** Never in the clear: see system/sealing. */
    sealedKey: required<string>("text"),
    createdAt: required<Date>("time"),
    expiresAt: nullable<Date>("time"),
  },
  runs: {
    id: generated<number>("int"),
    hostId: required<number>("int"),
    kind: required<string>("text"),
    trigger: required<string>("text"),
    status: required<string>("text"),
    attempt: required<number>("int"),
    retryOf: nullable<number>("int"),
    requestedBy: nullable<string>("text"),
    queuedAt: required<Date>("time"),
    dueAt: nullable<Date>("time"),
    startedAt: nullable<Date>("time"),
    finishedAt: nullable<Date>("time"),
    workerId: nullable<string>("text"),
    phase: nullable<string>("text"),
    progress: nullable<unknown>("json"),
    options: required<unknown>("json"),
    snapshotName: nullable<string>("text"),
    baseName: nullable<string>("text"),
    /** In what rsync received; null while that is not known, and for what receives nothing. */
    sandbox: nullable<string>("text"),
    /** How its tree began; null while that is not known, and for what makes none. */
    sharing: nullable<string>("text"),
    stats: nullable<unknown>("json"),
    problem: nullable<unknown>("json"),
    warnings: required<unknown>("json"),
    /** What the work came to, where it is not a snapshot. */
    result: nullable<unknown>("json"),
    cancelRequestedAt: nullable<Date>("time"),
    scheduleId: nullable<number>("int"),
    /** Not to be claimed before: when it was queued, its due time with jitter, or the end of a retry's backoff. */
    availableAt: nullable<Date>("time"),
    /** It begins only while a window of its host is open. */
    inWindow: generated<boolean>("bool"),
    /** A person asked for it, or for its first attempt. */
    byHand: generated<boolean>("bool"),
    /** Bytes a second that the transfer began with; 0: as fast as it can. */
    rateLimit: nullable<number>("int"),
  },
  /** One row a running run. Whoever changes such a run proves in the same statement that this lease is its own. */
  runLeases: {
    runId: required<number>("int"),
    /** Its place among the runs that the site allows at the same time; null for a person's own, which never waits; negative for
     * proof on a schedule. */
    slot: nullable<number>("int"),
    workerId: required<string>("text"),
    /** Which process this is, so that another one on the same machine can see that it is dead. */
    processIdentity: required<string>("text"),
    acquiredAt: required<Date>("time"),
    expiresAt: required<Date>("time"),
  },
  /** Which run owns a host. */
  hostLocks: {
    hostId: required<number>("int"),
    runId: required<number>("int"),
  },
  schedules: {
    id: generated<number>("int"),
    hostId: required<number>("int"),
    name: required<string>("text"),
    cron: required<string>("text"),
    timeZone: nullable<string>("text"),
    prune: required<boolean>("bool"),
    maxDelete: nullable<number>("int"),
    jitterSeconds: required<number>("int"),
    enabled: required<boolean>("bool"),
    nextDueAt: nullable<Date>("time"),
    /** The newest due time that was queued or skipped. */
    lastDueAt: nullable<Date>("time"),
    lastSkip: nullable<unknown>("json"),
    /** The first due time since the newest snapshot that the host then had. */
    waitingSince: nullable<Date>("time"),
    createdAt: required<Date>("time"),
    updatedAt: required<Date>("time"),
  },
  /** Processes that claim runs or queue what is due, for as long as they live. */
  workers: {
    workerId: required<string>("text"),
    node: generated<string>("text"),
    role: required<string>("text"),
    processIdentity: required<string>("text"),
    parallel: required<number>("int"),
    startedAt: required<Date>("time"),
    seenAt: required<Date>("time"),
  },
  snapshots: {
    id: generated<number>("int"),
    hostId: required<number>("int"),
    name: required<string>("text"),
    kind: required<string>("text"),
    state: required<string>("text"),
    status: required<string>("text"),
    startedAt: required<Date>("time"),
    finishedAt: required<Date>("time"),
    baseName: nullable<string>("text"),
    /** The base's own record, while there is one. */
    baseId: nullable<number>("int"),
    files: nullable<number>("int"),
    bytes: nullable<number>("int"),
    newBytes: nullable<number>("int"),
    runId: nullable<number>("int"),
    pin: nullable<unknown>("json"),
    verifiedAt: nullable<Date>("time"),
    verifyResult: nullable<string>("text"),
    /** Counts what speaks for or against keeping it, so that a decision on what was seen before is noticed as too old. */
    revision: generated<number>("int"),
    /** The run that removes it, or has done so. */
    removalRunId: nullable<number>("int"),
    removedAt: nullable<Date>("time"),
    /** It waits in the trash until then. */
    trashUntil: nullable<Date>("time"),
    freedBytes: nullable<number>("int"),
    /** Why it looked odd when it was made. */
    anomaly: nullable<string>("text"),
    /** What a person has said of that, and why. */
    anomalyVerdict: nullable<unknown>("json"),
    /** The tree of another tool that it is, where that one made it. */
    adoptedFrom: nullable<string>("text"),
    /** Owners, devices and the like are in attributes of its files. */
    fakeSuper: generated<boolean>("bool"),
  },
  /** Runs that read a snapshot, from the moment they are queued; it counts while they are open. */
  snapshotHolds: {
    runId: required<number>("int"),
    snapshotId: required<number>("int"),
  },
  ...ALERT_TABLES,
  /** By which it is proved that a host can be restored. */
  proofs: {
    hostId: required<number>("int"),
    /** What is stored, each file once, when it was looked at. */
    storedFiles: nullable<number>("int"),
    storedBytes: nullable<number>("int"),
    damagedFiles: nullable<number>("int"),
    /** Bytes by the day on which they were read last. */
    reads: nullable<unknown>("json"),
    weighedAt: nullable<Date>("time"),
    verifyQueuedAt: nullable<Date>("time"),
    drillQueuedAt: nullable<Date>("time"),
    drilledAt: nullable<Date>("time"),
    drillRunId: nullable<number>("int"),
    drillStatus: nullable<string>("text"),
    drill: nullable<unknown>("json"),
  },
  ...PEOPLE_TABLES,
  /** Where messages go. */
  notificationChannels: {
    id: generated<number>("int"),
    name: required<string>("text"),
    kind: required<string>("text"),
    enabled: required<boolean>("bool"),
    rules: required<unknown>("json"),
    /** Addresses and passwords, never in the clear: see system/sealing. */
    sealedSettings: required<string>("text"),
    brokenSince: nullable<Date>("time"),
    brokenWhy: nullable<string>("text"),
    createdAt: required<Date>("time"),
    updatedAt: required<Date>("time"),
  },
  /** Who did what; no row ever changes. Names and no references: it outlives what it speaks of. */
  auditEntries: {
    id: generated<number>("int"),
    at: required<Date>("time"),
    actor: nullable<string>("text"),
    actorKind: required<string>("text"),
    address: nullable<string>("text"),
    action: required<string>("text"),
    subjectKind: required<string>("text"),
    subject: required<string>("text"),
    detail: required<unknown>("json"),
  },
} as const;

type TableTypes<T> = {
  [K in keyof T]: T[K] extends Column<infer S, infer I> ? ColumnType<S, I, S> : never;
};
export type Tables = { [K in keyof typeof TABLES]: TableTypes<(typeof TABLES)[K]> };

/** The query builder over our tables. It never leaves src/store. */
export type Sql = Kysely<Tables>;
