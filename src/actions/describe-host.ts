// One host with everything that the host page shows of it.
import type { EffectiveSettings } from "../domain/effective-settings.ts";
import { parseHostKey } from "../domain/host.ts";
import type { Identity } from "../domain/identity.ts";
import type { ShownPing } from "../domain/ping.ts";
import type { Problem } from "../domain/problem.ts";
import type { Proof } from "../domain/proof.ts";
import type { Site } from "../domain/site.ts";
import type { Waiting } from "../domain/waiting.ts";
import { listIdentities } from "../store/identities.ts";
import { fingerprintOf } from "../system/host-keys.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";
import { hostProof } from "./host-proof.ts";
import { type Anomaly, hostAnomaly } from "./judge-anomaly.ts";
import { type HostSummary, summaries } from "./list-hosts.ts";
import { shownPing } from "./ping-settings.ts";
import { hostHold } from "./plan-retention.ts";
import { type QueueReads, whyHostWaits } from "./why-waiting.ts";

/** A key of a host's own, with its fingerprint as ssh-keygen prints it. */
export type DescribedIdentity = Identity & { readonly fingerprint: string };

export function describeIdentity(identity: Identity): DescribedIdentity {
  const key = parseHostKey(identity.publicKey);
  return { ...identity, fingerprint: key === null ? "" : fingerprintOf(key) };
}

export interface HostDetail {
  readonly summary: HostSummary;
  readonly site: Site;
  readonly effective: EffectiveSettings;
  /** Where its pings go; null: nowhere. */
  readonly ping: ShownPing | null;
  /** Why nothing is pruned before somebody has looked. */
  readonly held: Problem | null;
  /** What looks odd and waits for a person's word. */
  readonly anomaly: Anomaly | null;
  readonly proof: Proof;
  readonly fingerprints: readonly { readonly type: string; readonly fingerprint: string }[];
  readonly identities: readonly DescribedIdentity[];
  /** Why it is not being backed up; null while it is. */
  readonly waiting: Waiting | null;
}

/** @param queue of whoever asks again and again; default: read anew */
export async function describeHost(app: App, name: string, queue?: QueueReads): Promise<HostDetail> {
  const context = await hostContext(app, name);
  const { host, site, effective } = context;
  const [summarise, ping, held, anomaly, proof, { waiting }, identities] = await Promise.all([
    summaries(app, [host.id]),
    shownPing(app, host.id),
    hostHold(app, context),
    hostAnomaly(app, context),
    hostProof(app, name),
    whyHostWaits(app, host, queue),
    listIdentities(app.db, host.id),
  ]);
  return {
    ...{ summary: summarise(host), site, effective, ping, held, anomaly, proof, waiting },
    fingerprints: host.hostKeys.map((key) => ({ type: key.type, fingerprint: fingerprintOf(key) })),
    identities: identities.map(describeIdentity),
  };
}
