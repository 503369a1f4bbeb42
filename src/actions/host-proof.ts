// The proof line of a host: last success, last drill, and how much of what is stored was read again.
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { Host } from "../domain/host.ts";
import { PROOF_DAYS, type Proof, readWithin } from "../domain/proof.ts";
import { listHosts } from "../store/hosts.ts";
import { listProofs, newestSnapshots, type StoredProof } from "../store/proofs.ts";
import { findSite } from "../store/site.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";

/** Of all hosts, by name; of one when it is named. Nothing is looked up but SQL: no catalog is opened. */
export async function hostProofs(app: App, only: string | null = null): Promise<Proof[]> {
  const one = only === null ? null : (await hostContext(app, only)).host;
  const hosts = one === null ? await listHosts(app.db) : [one];
  const [site, proofs, newest] = await Promise.all([
    findSite(app),
    listProofs(app.db, one?.id),
    newestSnapshots(app.db, one?.id),
  ]);
  const now = app.clock();
  return hosts.map((host) => {
    const { verifyWithinSeconds, drillEverySeconds } = effectiveSettings(
      site?.settings ?? {},
      host.settings,
    ).values;
    const settings = { verifyWithinSeconds, drillEverySeconds };
    return { ...proofOf(host, proofs.get(host.id), newest.get(host.id) ?? null, now), ...settings };
  });
}

export async function hostProof(app: App, name: string): Promise<Proof> {
  const [proof] = await hostProofs(app, name);
  if (proof === undefined) throw new Error(`There is no proof of ${name}.`);
  return proof;
}

function proofOf(
  { name, enabled }: Host,
  known: StoredProof | undefined,
  lastSuccessAt: Date | null,
  now: Date,
): Omit<Proof, "verifyWithinSeconds" | "drillEverySeconds"> {
  const weight = known?.weight ?? null;
  const readBytes = weight === null ? null : readWithin(weight.reads, PROOF_DAYS, now);
  return {
    ...{ host: name, enabled, lastSuccessAt, lastDrill: known?.lastDrill ?? null, readBytes },
    ...{ storedFiles: weight?.files ?? null, storedBytes: weight?.bytes ?? null },
    ...{ damagedFiles: weight?.damaged ?? null, weighedAt: weight?.at ?? null },
    readShare: weight === null || readBytes === null || weight.bytes === 0 ? null : readBytes / weight.bytes,
  };
}
