// Enrolment and the keys that were made for a host.
import type { Enrolment, Revocation, Trial } from "../actions/enroll.ts";
import { identityFingerprint } from "../actions/identities.ts";
import type { EnrolmentJson, HostIdentityJson } from "../contract/types.ts";
import type { Identity } from "../domain/identity.ts";
import { checkJson } from "./check-shapes.ts";

export function identityJson(identity: Identity): HostIdentityJson {
  const { role, access, user, publicKey, createdAt, expiresAt } = identity;
  return {
    ...{ role, access, user, publicKey, fingerprint: identityFingerprint(identity) },
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt === null ? null : expiresAt.toISOString(),
  };
}

/** `trial` is null when nobody has asked the host yet. */
export const enrolmentJson = ({ host, identity, line }: Enrolment, trial: Trial | null): EnrolmentJson => ({
  ...{ host, identity: identityJson(identity), line },
  check: trial === null ? null : checkJson(host, trial.steps),
});

export const revocationJson = ({ host, line }: Revocation): EnrolmentJson => ({
  ...{ host, identity: null, line, check: null },
});
