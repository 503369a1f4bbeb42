// Which key a host must know so that pobsync can sign in.
import { listIdentities } from "../store/identities.ts";
import { findPublicKey, type PublicKey } from "../system/public-key.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";

/** Null for this machine itself, and where the key is not found. Refuses with `not_found` or `not_configured`. */
export async function hostPublicKey(app: App, name: string): Promise<PublicKey | null> {
  const { host, effective } = await hostContext(app, name);
  const own = (await listIdentities(app.db, host.id)).find(({ role }) => role === "backup");
  if (own !== undefined) return { line: own.publicKey, path: null };
  return host.transport === "local" ? null : findPublicKey(effective.values.identityFile);
}
