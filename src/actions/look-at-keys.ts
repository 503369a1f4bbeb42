// Whether the keys that were made for hosts can be used here, for the doctor.
import { countText } from "../domain/count-text.ts";
import { Problem } from "../domain/problem.ts";
import { listHostsHere } from "../store/hosts.ts";
import { listIdentities } from "../store/identities.ts";
import { isOpenToOthers } from "../system/private-key.ts";
import type { App } from "./app.ts";
import { openKey } from "./identities.ts";

/** Refuses with `identity_sealed`, or `identity_file_unusable` when others may read the secret key. */
export async function describeKeys(app: App): Promise<string> {
  const names = new Map((await listHostsHere(app)).map(({ id, name }) => [id, name]));
  const identities = (await listIdentities(app.db)).filter(({ hostId }) => names.has(hostId));
  for (const identity of identities) await openKey(app, names.get(identity.hostId) ?? "", identity);
  if (identities.length > 0 && (await isOpenToOthers(app.secretKeyFile)))
    throw new Problem("identity_file_unusable", `Others may read the secret key at ${app.secretKeyFile}.`, {
      hint: `chmod 600 ${app.secretKeyFile}, and make the hosts' keys anew if somebody may have read it.`,
    });
  return identities.length === 0
    ? "none of its own"
    : `${countText(identities.length, "key")}, all can be opened`;
}
