// The probe as a person sees it: every step, what failed, and how to mend it.
import { IN_ATTRIBUTES, usesFakeSuper } from "../domain/fake-super.ts";
import { parseFingerprint } from "../domain/host.ts";
import { asProblem, Problem } from "../domain/problem.ts";
import { saveHostKeys } from "../store/hosts.ts";
import { requireAttributes } from "../system/attribute-support.ts";
import { requireRoom, roomOn } from "../system/backup-root.ts";
import { askHostKey, fingerprintOf } from "../system/host-keys.ts";
import type { Sandbox } from "../system/sandbox.ts";
import type { App } from "./app.ts";
import { asOne, recordAudit } from "./audit.ts";
import { type HostContext, hostContext, rootHere } from "./host-context.ts";
import { probeHost, type ReachedHost, reachHost, sshPlace } from "./reach-host.ts";
import { findReceiver, protectionText, type Receiver } from "./receive.ts";

export interface CheckStep {
  readonly step: string;
  readonly status: "ok" | "failed" | "skipped";
  /** What was found, in a few words. */
  readonly found: string | null;
  readonly problem: Problem | null;
}

/** Every step in order; after a failure, the ones that build on it are skipped. Changes nothing but a first pin. */
export async function checkHost(app: App, name: string, stop: AbortSignal): Promise<CheckStep[]> {
  return checkSteps(app, await hostContext(app, name), stop);
}

export async function checkSteps(app: App, context: HostContext, stop: AbortSignal): Promise<CheckStep[]> {
  const steps: CheckStep[] = [];
  let reached: ReachedHost | null = null;
  const notes: string[] = [];
  const attempt = async (step: string, needed: boolean, work: () => Promise<string>): Promise<void> => {
    if (!needed) {
      steps.push({ step, status: "skipped", found: null, problem: null });
      return;
    }
    try {
      steps.push({ step, status: "ok", found: await work(), problem: null });
    } catch (error) {
      steps.push({ step, status: "failed", found: null, problem: asProblem(error) });
    }
  };
  try {
    await attempt("backup root", true, () => checkRoot(context));
    let receiver: Receiver | null = null;
    await attempt("rsync on this server", true, async () => {
      receiver = await receiverFor(context);
      return describeReceiver(context, receiver);
    });
    await attempt("connection", true, async () => {
      reached = await reachHost(app, context, { note: (text) => void notes.push(text), stop });
      return [connected(context), ...notes].join(". ");
    });
    const connection = reached as ReachedHost | null;
    const found = receiver as Receiver | null;
    await attempt("rsync and sources on the host", connection !== null && found !== null, () =>
      checkSources(context, connection as ReachedHost, (found as Receiver).sandbox),
    );
  } finally {
    await (reached as ReachedHost | null)?.close();
  }
  return steps;
}

const receiverFor = ({ host, site }: HostContext): Promise<Receiver> =>
  findReceiver(host.transport === "local" ? null : site.backupRoot, site.sandbox);

function describeReceiver({ host }: HostContext, receiver: Receiver): string {
  const { version } = receiver.rsync;
  return host.transport === "local" ? `rsync ${version}` : `rsync ${version}, ${protectionText(receiver)}`;
}

async function checkRoot({ site, effective }: HostContext): Promise<string> {
  await rootHere(site);
  await requireRoom(site.backupRoot, site.minFreePercent);
  const { freeBytes, totalBytes } = await roomOn(site.backupRoot);
  const free = `${site.backupRoot}, ${Math.round((100 * freeBytes) / totalBytes)} % free`;
  if (!usesFakeSuper(effective.values, process.getuid?.() === 0)) return free;
  await requireAttributes(site.backupRoot);
  return `${free}; ${IN_ATTRIBUTES}`;
}

function connected({ host, effective }: HostContext): string {
  if (host.transport === "local") return "this machine itself, without ssh";
  const pinned = host.hostKeys.map(fingerprintOf).join(", ");
  return `${effective.values.sshUser}@${host.address} port ${effective.values.sshPort}${pinned === "" ? "" : `, host key ${pinned} as pinned`}`;
}

async function checkSources(
  context: HostContext,
  reached: ReachedHost,
  sandbox: Sandbox | null,
): Promise<string> {
  const answer = await probeHost(context, reached, sandbox);
  const version = reached.connection === null ? null : await remoteVersion(context, reached);
  const speaks =
    version === null ? `rsync with protocol ${answer.protocol ?? "unknown"}` : `rsync ${version}`;
  return `${speaks}; ${answer.sources.map((source) => `${source.path} (${source.type})`).join(", ")}`;
}

/** Only for show: an account that may do nothing but pull does not answer, and that is fine. */
async function remoteVersion({ effective }: HostContext, reached: ReachedHost): Promise<string | null> {
  const words = [...effective.values.remoteRsync.split(" "), "--version"];
  const result = await reached.connection?.run(words, 15_000);
  return /^rsync +version (\S+)/m.exec(result?.output.toString("latin1") ?? "")?.[1] ?? null;
}

/** Pins the key that the host shows now, if it is the one that a person has compared. Returns its fingerprint. */
export async function acceptHostKey(app: App, name: string, given: string): Promise<string> {
  const wanted = parseFingerprint(given);
  const context = await hostContext(app, name);
  if (context.host.transport === "local")
    throw new Problem("bad_input", `${name} is this machine itself and has no host key.`);
  const key = await askHostKey(sshPlace(context));
  const shown = fingerprintOf(key);
  if (shown !== wanted)
    throw new Problem(
      "host_key_changed",
      `${name} shows ${shown}, not the fingerprint that you gave. Nothing was changed.`,
      {
        hint: "Compare again, on the host itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
      },
    );
  await asOne(app, async (tx) => {
    await saveHostKeys(tx.db, context.host.id, [key], tx.clock());
    const detail = { fingerprint: shown, before: context.host.hostKeys.map(fingerprintOf) };
    await recordAudit(tx, { action: "host.key_accepted", subjectKind: "host", subject: name, detail });
  });
  return shown;
}
