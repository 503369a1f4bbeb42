// Reaching a host: connect with the pinned key, pin the first one, and see that rsync and the sources are there.
import type { HostKey } from "../domain/host.ts";
import { Problem } from "../domain/problem.ts";
import { saveHostKeys } from "../store/hosts.ts";
import { askHostKey, fingerprintOf } from "../system/host-keys.ts";
import { type ProbeAnswer, probeSources } from "../system/probe.ts";
import { hasAes } from "../system/processor.ts";
import type { Origin } from "../system/rsync-args.ts";
import type { Sandbox } from "../system/sandbox.ts";
import type { SshPlace } from "../system/ssh-args.ts";
import { openSshConnection, type SshConnection } from "../system/ssh-connection.ts";
import type { App } from "./app.ts";
import { elsewhere, type HostContext } from "./host-context.ts";
import { credentialsFor } from "./identities.ts";

export interface ReachedHost {
  readonly origin: Origin;
  /** Null for this machine itself. */
  readonly connection: SshConnection | null;
  /** Signs in once more, for what is to have a line of its own. Null for this machine itself. */
  readonly dial: (() => Promise<SshConnection>) | null;
  /** By which it was known, also those that were pinned just now. */
  readonly hostKeys: readonly HostKey[];
  /** Aborted when whatever needs the host is called off; everything done with the host obeys it. */
  readonly stop: AbortSignal;
  readonly close: () => Promise<void>;
}

/** What goes back and forth while a host is reached. */
export interface Contact {
  /** Hears what a person should know, such as the fingerprint of a key that was just pinned. */
  readonly note: (text: string) => void;
  readonly stop: AbortSignal;
}

export const sshPlace = ({ host, effective }: HostContext): SshPlace => ({
  alias: host.name,
  address: host.address,
  port: effective.values.sshPort,
  user: effective.values.sshUser,
  hasAes: hasAes(),
});

/** This machine, as a host: there is nothing to connect to. */
export const thisMachine = (stop: AbortSignal): ReachedHost => ({
  origin: { transport: "local" },
  ...{ connection: null, dial: null, hostKeys: [], stop },
  close: async () => {},
});

/** Connects, pinning the host key on first contact. Refuses with the Problem that ssh named. */
export async function reachHost(app: App, context: HostContext, contact: Contact): Promise<ReachedHost> {
  const { stop } = contact;
  // A machine that is backed up as itself is another one here.
  if (context.host.transport === "local" && !context.site.isHere) throw elsewhere(context.site.node);
  if (context.host.transport === "local") return thisMachine(stop);
  const place = sshPlace(context);
  const keys =
    context.host.hostKeys.length > 0
      ? context.host.hostKeys
      : [await firstContact(app, context, place, contact)];
  const { user, signIn } = await credentialsFor(app, context);
  const dial = (): Promise<SshConnection> => openSshConnection({ ...place, user }, signIn, keys, stop);
  const connection = await dial().catch(async (error: unknown) => {
    throw error instanceof Problem && error.code === "host_key_changed"
      ? await withFingerprints(error, context, place)
      : error;
  });
  return {
    origin: { transport: "ssh", alias: connection.alias, remoteShell: connection.remoteShell },
    connection,
    dial,
    hostKeys: keys,
    stop,
    close: connection.close,
  };
}

async function firstContact(app: App, { host, site }: HostContext, place: SshPlace, { note, stop }: Contact) {
  const key = await askHostKey(place, stop);
  const fingerprint = fingerprintOf(key);
  if (site.hostKeyPolicy === "confirm")
    throw new Problem(
      "host_key_unconfirmed",
      `${host.name} shows the host key ${fingerprint}, which nobody has accepted yet.`,
      {
        hint: `Compare it with the host's own, then: pobsync check-host ${host.name} --accept-host-key ${fingerprint}`,
      },
    );
  await saveHostKeys(app.db, host.id, [key], app.clock());
  note(`First contact with ${host.name}: its host key ${fingerprint} (${key.type}) is pinned from now on.`);
  return key;
}

/** A changed key is worth saying exactly: which was pinned, and which is shown now. */
async function withFingerprints(problem: Problem, { host }: HostContext, place: SshPlace): Promise<Problem> {
  const shown = await askHostKey(place).catch(() => null);
  if (shown === null) return problem;
  const fingerprint = fingerprintOf(shown);
  const pinned = host.hostKeys.map(fingerprintOf).join(", ");
  return new Problem(problem.code, `${host.name} shows another host key than the one that is pinned.`, {
    hint:
      "Either the machine was reinstalled or somebody stands between. Compare the fingerprint with the one the host itself " +
      `shows. If it is right: pobsync check-host ${host.name} --accept-host-key ${fingerprint}`,
    detail: `pinned: ${pinned}\nshown:  ${fingerprint} (${shown.type})`,
    cause: problem,
  });
}

/** Lists the sources over the connection; refuses when one is missing or only a link. */
export async function probeHost(
  context: HostContext,
  reached: ReachedHost,
  sandbox: Sandbox | null,
): Promise<ProbeAnswer> {
  const { remoteRsync, sources } = context.effective.values;
  const { origin, stop, connection } = reached;
  const broken = (): Problem | null => connection?.broken() ?? null;
  const answer = await probeSources({ origin, remoteRsync, sandbox, stop, broken }, sources);
  const of = (type: string): string[] =>
    answer.sources.filter((source) => source.type === type).map((source) => source.path);
  const missing = of("missing");
  if (missing.length > 0)
    throw new Problem(
      "source_missing",
      `${context.host.name} has no ${missing.join(", ")}, or its user may not look there.`,
    );
  const links = of("link");
  if (links.length > 0)
    throw new Problem("source_is_link", `On ${context.host.name}, ${links.join(", ")} is a symbolic link.`);
  return answer;
}
