// Writing down which keys a host has: a new one in place of another, and the one that waited in place of the one in use.
import type { Identity } from "../domain/identity.ts";
import { Problem } from "../domain/problem.ts";
import { changeLayer } from "../domain/settings.ts";
import { requireHost, updateHost } from "../store/hosts.ts";
import { deleteIdentities, insertIdentity, listIdentities, promoteIdentity } from "../store/identities.ts";
import { type KeyPair, makeKeyPair } from "../system/key-pair.ts";
import type { App } from "./app.ts";
import { asOne, recordAudit } from "./audit.ts";
import type { HostContext } from "./host-context.ts";
import { rsyncFor, sealKey } from "./identities.ts";

export const newKey = ({ host }: HostContext): KeyPair => makeKeyPair(`pobsync for ${host.name}`);

/** A host has one of each role, so that it takes the place of the one before. Refuses with `host_busy`. */
export async function replaceIdentity(
  app: App,
  { host }: HostContext,
  role: "next" | "restore",
  facts: Pick<Identity, "access" | "user" | "expiresAt">,
  { publicKey, privateKey }: KeyPair,
): Promise<Identity> {
  const sealedKey = await sealKey(app, host.name, privateKey);
  await asOne(app, async (tx) => {
    await deleteIdentities(tx.db, host.id, [role]);
    const row = { hostId: host.id, role, ...facts, publicKey, sealedKey, createdAt: tx.clock() };
    if (!(await insertIdentity(tx.db, row)))
      throw new Problem("host_busy", `Somebody else makes a key for ${host.name} at this moment.`);
    const { access, user, expiresAt } = facts;
    await recordAudit(tx, {
      ...{ action: role === "restore" ? "host.restore_granted" : "host.key_made" },
      ...{ subjectKind: "host", subject: host.name },
      detail: {
        publicKey,
        access,
        user,
        ...(expiresAt === null ? {} : { expiresAt: expiresAt.toISOString() }),
      },
    });
  });
  const made = (await listIdentities(app.db, host.id)).find(
    (one) => one.role === role && one.publicKey === publicKey,
  );
  if (made === undefined) throw new Problem("host_busy", `Somebody else makes a key for ${host.name}.`);
  return made;
}

/** Key, account and rsync change together or not at all. */
export async function putInUse(app: App, { host, site }: HostContext, identity: Identity): Promise<void> {
  await asOne(app, async (tx) => {
    if (!(await promoteIdentity(tx.db, identity)))
      throw new Problem(
        "host_busy",
        `Another key was made for ${host.name} meanwhile; nothing was changed.`,
        {
          hint: `Go on with that one: pobsync enroll ${host.name}`,
        },
      );
    const remoteRsync = rsyncFor(identity);
    const isInherited = (site.settings.remoteRsync ?? "rsync") === remoteRsync;
    const own = { sshUser: identity.user, ...(isInherited ? {} : { remoteRsync }) };
    // As it is now: somebody may have changed it since it was looked at.
    const now = await requireHost(tx.db, host.name);
    const settings = changeLayer(now.settings, own, isInherited ? ["remoteRsync"] : []);
    await updateHost(tx.db, host.id, { ...now, settings }, tx.clock());
    const { publicKey, access, user } = identity;
    const detail = { publicKey, access, user };
    await recordAudit(tx, { action: "host.enrolled", subjectKind: "host", subject: host.name, detail });
  });
}
