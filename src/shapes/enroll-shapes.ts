// Enrolment and the keys that were made for a host.

import type { DescribedIdentity } from "../actions/describe-host.ts";
import type { Enrolment, Revocation, Trial } from "../actions/enroll.ts";
import type { EnrolmentJson, HostIdentityJson } from "../contract/types.ts";
import { checkJson } from "./check-shapes.ts";

export function identityJson(identity: DescribedIdentity): HostIdentityJson {
  const { role, access, user, publicKey, fingerprint, createdAt, expiresAt } = identity;
  return {
    ...{ role, access, user, publicKey, fingerprint },
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
