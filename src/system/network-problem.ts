// A connection that did not come about, or broke, in words.
import { DeliveryProblem } from "../domain/delivery-problem.ts";
import { fitted, lineOut } from "../domain/fitted-text.ts";
import { hidden } from "../domain/hidden-secrets.ts";

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name could not be looked up",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EHOSTUNREACH: "no way leads there",
  ENETUNREACH: "no way leads there",
  ETIMEDOUT: "it did not answer in time",
  ETIMEOUT: "it did not answer in time",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself alone",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by an authority that this server does not know",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by an authority that this server does not know",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate is signed by an authority that this server does not know",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};
const OF_TLS = /CERT|TLS|SSL|SIGNATURE/;

/** @param error what the network, TLS or a time limit threw */
export function networkProblem(
  name: string,
  to: string,
  error: unknown,
  secrets: readonly string[],
): DeliveryProblem {
  const { why, isTls } = whyUnreached(error, secrets);
  return new DeliveryProblem("channel_unreachable", `The channel ${to} cannot be reached: ${why}.`, {
    hint: isTls
      ? `Correct the certificate there, or let this server know its authority: NODE_EXTRA_CA_CERTS=FILE. Then: pobsync notify --test ${name}`
      : `Check its address, this server's DNS and network, and that the service is up. Then: pobsync notify --test ${name}`,
  });
}

/** What was wrong, in words that follow a colon. */
export function whyUnreached(error: unknown, secrets: readonly string[]): { why: string; isTls: boolean } {
  const { code = "", name: kind = "", message = "" } = rootOf(error);
  if (kind === "TimeoutError") return { why: "it did not answer in time", isTls: false };
  return { why: WORDS[code] ?? fitted(lineOut(hidden(message, secrets)), 300), isTls: OF_TLS.test(code) };
}

interface Failure {
  readonly code?: string;
  readonly name?: string;
  readonly message?: string;
}

/** Of several addresses that were tried, what the first one said. */
function rootOf(error: unknown): Failure {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0] as Failure;
  return (error ?? {}) as Failure;
}
