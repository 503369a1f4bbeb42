// Which key a host must know so that pobsync can sign in.
import { findPublicKey, type PublicKey } from "../system/public-key.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";

/** Null for this machine itself, and where the key is not found. Refuses with `not_found` or `not_configured`. */
export async function hostPublicKey(app: App, name: string): Promise<PublicKey | null> {
  const { host, effective } = await hostContext(app, name);
  return host.transport === "local" ? null : findPublicKey(effective.values.identityFile);
}
