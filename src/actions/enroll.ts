// Enrolment: a key for one host alone, the line that makes the host accept it, and the proof that it does.
import { parseHostName } from "../domain/host-address.ts";
import { hostScript, removalScript } from "../domain/host-script.ts";
import { type Access, type Identity, isAccount, mayOnlyRead, usualUser } from "../domain/identity.ts";
import { Problem } from "../domain/problem.ts";
import type { SettingsLayer } from "../domain/settings.ts";
import { findHost } from "../store/hosts.ts";
import { deleteIdentities, listIdentities } from "../store/identities.ts";
import { listNodes } from "../store/site.ts";
import { snapshotCounts } from "../store/snapshots.ts";
import { readPrivateKey } from "../system/private-key.ts";
import { markOf } from "../system/secrets.ts";
import type { App } from "./app.ts";
import { asOne, recordAudit } from "./audit.ts";
import { type CheckStep, checkSteps } from "./check-host.ts";
import { configureHost } from "./configure-host.ts";
import { type DescribedIdentity, describeIdentity } from "./describe-host.ts";
import { elsewhere, type HostContext, hostContext, requireSite } from "./host-context.ts";
import { signedInAs } from "./identities.ts";
import { newKey, putInUse, replaceIdentity } from "./keep-identity.ts";

export interface EnrolmentWish {
  /** For a host that is not there yet. */
  readonly address?: string;
  readonly settings: SettingsLayer;
  /** Null: as it is, or `sudo`. */
  readonly access: Access | null;
  /** The account on the host; null: as it is, or the usual one of that access. */
  readonly user: string | null;
  /** Whether a new key is wanted although there is one. */
  readonly rotate: boolean;
  /** The file with a private key that exists already, to be taken in place of a new one. */
  readonly keyFile: string | null;
}

export interface Enrolment {
  readonly host: string;
  readonly identity: DescribedIdentity;
  /** For a shell on the host. */
  readonly line: string;
  readonly isNew: boolean;
}

/**
 * The key that the host is to accept, made when there is none that fits, and the line for it. Nothing changes for backups
 * before `tryEnrolment` has seen the host accept it.
 *
 * Refuses with `bad_input`, `not_found`, `not_configured` or `host_elsewhere`.
 */
export async function prepareEnrolment(app: App, givenName: string, wish: EnrolmentWish): Promise<Enrolment> {
  const given = wish.keyFile === null ? null : await readPrivateKey(wish.keyFile);
  const context = await hostToEnrol(app, givenName, wish);
  const { host } = context;
  const { known, fits } = await fittingIdentity(app, context, wish);
  if (known !== null && fits && given === null)
    return {
      host: host.name,
      identity: describeIdentity(known),
      line: await lineFor(app, context, known),
      isNew: false,
    };
  const access = wish.access ?? known?.access ?? "sudo";
  requireNoHooks(host.name, context.effective.values, access);
  const user = wish.user ?? (known?.access === access ? known.user : usualUser(access));
  const key = given ?? newKey(context);
  const identity = await replaceIdentity(app, context, "next", { access, user, expiresAt: null }, key);
  return {
    host: host.name,
    identity: describeIdentity(identity),
    line: await lineFor(app, context, identity),
    isNew: true,
  };
}

/** A key that may write, for so long. It replaces one that was granted before. Refuses as `prepareEnrolment` does. */
export async function grantRestore(
  app: App,
  name: string,
  { seconds, ...wish }: Pick<EnrolmentWish, "access" | "user"> & { readonly seconds: number },
): Promise<Enrolment> {
  const context = requireRemote(await hostContext(app, name));
  const all = await listIdentities(app.db, context.host.id);
  const current = all.find(({ role }) => role === "backup");
  const access = wish.access ?? current?.access ?? "root";
  const user = wish.user ?? (current?.access === access ? current.user : usualUser(access));
  const expiresAt = new Date(app.clock().getTime() + seconds * 1000);
  const identity = await replaceIdentity(
    app,
    context,
    "restore",
    { access, user, expiresAt },
    newKey(context),
  );
  return {
    host: name,
    identity: describeIdentity(identity),
    line: await lineFor(app, context, identity),
    isNew: true,
  };
}

export interface Trial {
  readonly steps: readonly CheckStep[];
  /** The first thing that was wrong, or null. */
  readonly problem: Problem | null;
  /** Whether the host lets the key in and starts its rsync; a source may be missing all the same. */
  readonly isAccepted: boolean;
  /** The account that backups used until now, where it was another one; null: they go on with the same. */
  readonly formerUser: string | null;
}

/** Signs in with that key and asks for the sources. Once that works, backups use this key and no other. */
export async function tryEnrolment(
  app: App,
  { host, identity }: Enrolment,
  stop: AbortSignal,
): Promise<Trial> {
  const context = await hostContext(app, host);
  const steps = await checkSteps(app, signedInAs(context, identity), stop);
  const failed = steps.find(({ problem }) => problem !== null)?.problem ?? null;
  // A host that answers that a source is not there has let us in and started its rsync.
  const isAccepted = failed === null || ["source_missing", "source_is_link"].includes(failed.code);
  if (isAccepted && identity.role === "next") await putInUse(app, context, identity);
  const { sshUser } = context.effective.values;
  const isOther = isAccepted && identity.role === "next" && sshUser !== identity.user;
  // Where no backup was ever made, nothing had let us in.
  const isMoved = isOther && (await snapshotCounts(app.db, [context.host.id])).size > 0;
  return { steps, problem: failed, isAccepted, formerUser: isMoved ? sshUser : null };
}

export interface Revocation {
  readonly host: string;
  /** How many keys there were. */
  readonly keys: number;
  /** For a shell on the host. */
  readonly line: string;
}

/** Forgets all keys that were made for the host. Refuses with `not_found` when there are none. */
export async function revokeKeys(app: App, name: string): Promise<Revocation> {
  const context = await hostContext(app, name);
  const { host } = context;
  const all = await listIdentities(app.db, host.id);
  if (all.length === 0)
    throw new Problem("not_found", `pobsync has made no key for ${name}.`, {
      hint: `Make one: pobsync enroll ${name}`,
    });
  const users = accountsOf(context, all);
  await asOne(app, async (tx) => {
    await deleteIdentities(tx.db, host.id);
    await recordAudit(tx, {
      ...{ action: "host.keys_revoked", subjectKind: "host", subject: name },
      detail: { publicKeys: all.map(({ publicKey }) => publicKey) },
    });
  });
  return { host: name, keys: all.length, line: removalScript(await hostMark(app, name), users) };
}

async function hostToEnrol(app: App, givenName: string, wish: EnrolmentWish): Promise<HostContext> {
  const name = parseHostName(givenName);
  const { settings } = await requireSite(app);
  const isNew = (await findHost(app.db, name)) === null;
  if (isNew && wish.address === undefined)
    throw new Problem("not_found", `There is no host ${name} yet.`, {
      hint: `Make it together with its key: pobsync enroll ${name} --address ${name}.example.org`,
    });
  // Before anything is changed; what is known of a host that is there is looked at later.
  if (isNew) requireNoHooks(name, settings, wish.access ?? "sudo");
  if (isNew || wish.address !== undefined || Object.keys(wish.settings).length > 0)
    await configureHost(app, name, {
      ...(wish.address === undefined ? {} : { address: wish.address }),
      ...{ settings: wish.settings, unset: [] },
    });
  return requireRemote(await hostContext(app, name));
}

function requireRemote(context: HostContext): HostContext {
  const { host, site } = context;
  if (host.transport === "local")
    throw new Problem("bad_input", `${host.name} is this machine itself and needs no key.`);
  // A key is sealed by the server that uses it.
  if (!site.isHere) throw elsewhere(site.node);
  return context;
}

/** The key that waits, or else the one in use, and whether it is what is wished for. */
async function fittingIdentity(app: App, { host }: HostContext, wish: EnrolmentWish) {
  const all = await listIdentities(app.db, host.id);
  const next = all.find(({ role }) => role === "next");
  const known = next ?? all.find(({ role }) => role === "backup") ?? null;
  const fits =
    known !== null &&
    (wish.access === null || wish.access === known.access) &&
    (wish.user === null || wish.user === known.user) &&
    (next !== undefined || !wish.rotate);
  return { known, fits };
}

/** rrsync starts nothing but rsync. */
function requireNoHooks(
  name: string,
  { preHook = null, postHook = null }: SettingsLayer,
  access: Access,
): void {
  if (!mayOnlyRead(access) || (preHook === null && postHook === null)) return;
  throw new Problem("bad_input", `${name} has hooks, and a key that may only read cannot run them.`, {
    hint:
      "Nothing was changed. Give the key all that root may: --as full. Or do without hooks: " +
      `pobsync configure-host ${name} --unset preHook --unset postHook`,
  });
}

/** Accounts in which keys of this host may stand from before. */
const accountsOf = ({ effective }: HostContext, known: readonly Identity[]): string[] => [
  ...new Set([
    ...["root", usualUser("sudo"), ...known.map(({ user }) => user)],
    ...(isAccount(effective.values.sshUser) ? [effective.values.sshUser] : []),
  ]),
];

async function lineFor(app: App, context: HostContext, identity: Identity): Promise<string> {
  const known = await listIdentities(app.db, context.host.id);
  const current = known.find(({ role }) => role === "backup");
  // Backups sign in there until the new key has proved itself.
  const inUse = current?.id === identity.id ? null : (current?.user ?? context.effective.values.sshUser);
  return hostScript({
    ...identity,
    purpose: identity.role === "restore" ? "restore" : "backup",
    mark: await hostMark(app, context.host.name),
    formerUsers: accountsOf(context, known).filter((user) => user !== inUse),
  });
}

/** The same on all backup servers of one database, so that a host that moves between them has one line, not two. */
async function hostMark(app: App, host: string): Promise<string> {
  const [first] = await listNodes(app.db);
  if (first === undefined) throw new Problem("not_configured", "There is no global configuration yet.");
  return markOf(`${first.rootId} ${host}`);
}
