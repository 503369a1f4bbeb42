// With which key pobsync signs in to a host: one of its own where it was enrolled, else what the settings name.
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { Host } from "../domain/host.ts";
import { type Identity, isExpired, mayOnlyRead } from "../domain/identity.ts";
import { Problem } from "../domain/problem.ts";
import { listIdentities } from "../store/identities.ts";
import type { KeyPair } from "../system/key-pair.ts";
import { seal, unseal } from "../system/sealing.ts";
import type { SignIn } from "../system/ssh-connection.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";

const about = (host: string): string => `private key for ${host}`;

export const sealKey = (app: App, host: string, privateKey: string): Promise<string> =>
  seal(app.secretKeyFile, about(host), privateKey);

/** Refuses with `identity_sealed`. */
export async function openKey(app: App, host: string, identity: Identity): Promise<KeyPair> {
  const found = await unseal(app.secretKeyFile, about(host), identity.sealedKey);
  if ("text" in found) return { publicKey: identity.publicKey, privateKey: found.text };
  throw new Problem("identity_sealed", `The key for ${host} cannot be opened: ${whyNot(found.why, app)}.`, {
    hint: `Bring back the secret key of this server's state folder, or make a new key: pobsync enroll ${host} --rotate`,
  });
}

function whyNot(why: "missing" | "other-key" | "damaged", { secretKeyFile }: App): string {
  switch (why) {
    case "missing":
      return `there is no secret key at ${secretKeyFile}`;
    case "other-key":
      return `it was sealed with another secret key than the one at ${secretKeyFile}`;
    case "damaged":
      return "what the database holds of it is damaged";
    default:
      return why satisfies never;
  }
}

/** A way to sign in, and the account that goes with it. */
export interface Credentials {
  readonly user: string;
  readonly signIn: SignIn;
}

/**
 * While a new key waits, the host may have taken it in place of the old one already: then both are tried.
 *
 * Refuses with `identity_sealed`.
 */
export async function credentialsFor(
  app: App,
  { host, effective, identity }: HostContext,
): Promise<Credentials> {
  const withKeys = (user: string, keys: readonly KeyPair[]): Credentials => ({
    user,
    signIn: { with: "keys", keys },
  });
  if (identity !== undefined) return withKeys(identity.user, [await openKey(app, host.name, identity)]);
  const all = await listIdentities(app.db, host.id);
  const current = all.find(({ role }) => role === "backup");
  const { identityFile, sshUser } = effective.values;
  if (current === undefined)
    return {
      user: sshUser,
      signIn: identityFile === null ? { with: "usual" } : { with: "file", path: identityFile },
    };
  const next = all.find(({ role, user }) => role === "next" && user === current.user);
  const first = next === undefined ? null : await openKey(app, host.name, next).catch(() => null);
  const last = await openKey(app, host.name, current);
  // The account of the key, whatever was read of the host before: both may just have changed.
  return withKeys(current.user, first === null ? [last] : [first, last]);
}

/** The same host, signed in to with that key, at its account and under its rights. */
export function signedInAs(context: HostContext, identity: Identity): HostContext {
  const { host, site } = context;
  const own = { ...host.settings, sshUser: identity.user, remoteRsync: rsyncFor(identity) };
  return { ...context, identity, effective: effectiveSettings(site.settings, own) };
}

/** For reading, the command of the key itself starts what is needed. */
export const rsyncFor = ({ role, access }: Pick<Identity, "role" | "access">): string =>
  role === "restore" && access === "sudo" ? "sudo -n rsync" : "rsync";

/**
 * The host as one may write to it. Refuses with `restore_not_granted` where the key for backups can only read and none that
 * may write is in force.
 */
export async function asWriter(app: App, context: HostContext): Promise<HostContext> {
  const { host } = context;
  if (host.transport === "local") return context;
  const all = await listIdentities(app.db, host.id);
  const current = all.find(({ role }) => role === "backup");
  if (current !== undefined && !mayOnlyRead(current.access)) return context;
  const grant = all.find(({ role }) => role === "restore");
  if (grant !== undefined && !isExpired(grant, app.clock())) return signedInAs(context, grant);
  if (current === undefined) return context;
  throw new Problem("restore_not_granted", whyNotGranted(host, grant), {
    hint:
      `Let the host accept a key that may write, for a few hours: pobsync enroll ${host.name} --restore. ` +
      "Or restore to a folder here: --to DIR",
  });
}

const whyNotGranted = ({ name }: Host, grant: Identity | undefined): string =>
  grant === undefined
    ? `The key for ${name} may only read.`
    : `The key that could write to ${name} expired at ${grant.expiresAt?.toISOString()}.`;
