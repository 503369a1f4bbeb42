// A site whose troubles a test makes and ends, on a real database and a real folder, with the clock in the test's hand.
import { randomBytes } from "node:crypto";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Courier } from "../../src/actions/alerts/courier.ts";
import { deliverQueued } from "../../src/actions/alerts/deliver-queued.ts";
import { lookOver } from "../../src/actions/alerts/look-over.ts";
import type { App } from "../../src/actions/app.ts";
import { ownProcess } from "../../src/actions/own-process.ts";
import { siteFacts } from "../../src/actions/site-facts.ts";
import type { Channel, ChannelRules, Message } from "../../src/domain/notification.ts";
import { factsOf, Problem } from "../../src/domain/problem.ts";
import type { ProblemCode } from "../../src/domain/problem-catalogue.ts";
import { PLAIN_RUN } from "../../src/domain/run.ts";
import type { Database } from "../../src/store/database.ts";
import { saveSite } from "../../src/store/site.ts";
import { insertSnapshot } from "../../src/store/snapshots.ts";
import { inTransaction } from "../../src/store/transaction.ts";
import { sayAlive, sayGone, type WorkerRole } from "../../src/store/workers.ts";
import { initialiseRoot } from "../../src/system/backup-root.ts";
import { addHost, diskless } from "./queue-people.ts";

export type Arrived = { channel: string; at: Date; message: Message };

const everything: ChannelRules = {
  ...{ minSeverity: "info", codes: [], hosts: [], tags: [], quiet: null, repeatSeconds: null, digest: "off" },
};

/** @param zone the time zone of the site */
export async function alertWorld(db: Database, zone = "Europe/Vienna", start = "2026-01-01T00:00:00Z") {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-alerts-"));
  const root = join(folder, "root");
  const rootId = await initialiseRoot(root, "id-of-this-root");
  let now = new Date(start);
  const app: App = {
    ...{
      db,
      node: "main",
      clock: () => now,
      version: "0.0.0",
      leaseSeconds: 60,
      secretKeyFile: "",
      hasher: [],
    },
    randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    ...{ requestedBy: null, actor: { name: null, kind: "system", address: null } },
    publicUrl: "https://backup.example.org",
  };
  await saveSite(
    db,
    { ...diskless, backupRoot: root, rootId, minFreePercent: 0, settings: { timeZone: zone } },
    now,
  );
  let channels: Channel[] = [];
  const down = new Set<string>();
  const arrived: Arrived[] = [];
  const courier: Courier = {
    channels: async () => channels,
    send: async (_app, { name }, message) => {
      if (down.has(name)) throw new Problem("channel_broken", `${name} does not answer.`);
      arrived.push({ channel: name, at: now, message });
    },
    markBroken: async (_app, { id }, broken) => {
      channels = channels.map((one) => (one.id === id && one.broken === null ? { ...one, broken } : one));
    },
    markWorking: async (_app, { id }) => {
      channels = channels.map((one) => (one.id === id ? { ...one, broken: null } : one));
    },
  };
  let facts = siteFacts(db);
  let suffix = 0;
  return {
    ...{ app, db, courier, arrived, down },
    now: () => now,
    setClock: (at: Date) => {
      now = at;
    },
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    addChannel: (name: string, rules: Partial<ChannelRules> = {}) => {
      const id = channels.length + 1;
      const channel: Channel = {
        ...{ id, name, kind: "webhook", enabled: true, rules: { ...everything, ...rules } },
        ...{ broken: null, createdAt: now },
      };
      channels = [...channels, channel];
      return channel;
    },
    facts: () => facts,
    /** A look of one process, and what it sends. */
    look: async (sender = "worker") => {
      facts = siteFacts(db);
      await lookOver(app, facts, courier);
      await deliverQueued(app, courier, sender, new AbortController().signal);
    },
    /** A backup that ended just now. */
    backUp: async (hostId: number, failure: ProblemCode | null = null) => {
      const problem = failure === null ? null : factsOf(new Problem(failure, `The host said: ${failure}.`));
      const made = await db.sql
        .insertInto("runs")
        .values({
          ...{ hostId, kind: "backup", trigger: "scheduled", attempt: 1, options: PLAIN_RUN, warnings: [] },
          ...{ status: failure === null ? "succeeded" : "failed", problem },
          ...{ queuedAt: now, startedAt: now, finishedAt: now, availableAt: now },
        })
        .executeTakeFirstOrThrow();
      if (failure !== null) return;
      suffix += 1;
      const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
      const name = `${stamp}Z-scheduled-${suffix.toString(16).padStart(6, "0")}`;
      await inTransaction(db, (tx) =>
        insertSnapshot(tx, {
          ...{ hostId, name, kind: "scheduled", status: "succeeded", startedAt: now, finishedAt: now },
          ...{ base: null, files: 10, bytes: 1000, newBytes: 10, runId: Number(made.insertId) },
        }),
      );
    },
    addHost: (name: string) => addHost(db, name),
    /** A process of that role lives, as this one does. */
    lives: (role: WorkerRole, isAlive: boolean) => {
      const { processIdentity } = ownProcess(app);
      const one = { workerId: `the ${role}`, role, node: "main", processIdentity, parallel: 1 };
      return isAlive ? sayAlive(db, one, now) : sayGone(db, one.workerId);
    },
    mounted: (isThere: boolean) => {
      const away = join(folder, "away");
      if (isThere) renameSync(away, root);
      else renameSync(root, away);
    },
    end: () => rmSync(folder, { recursive: true }),
  };
}

export type AlertWorld = Awaited<ReturnType<typeof alertWorld>>;
