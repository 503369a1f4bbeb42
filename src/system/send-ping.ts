// Sending one ping, once, by the same rules of the network as messages. Whether to try again is up to whoever asked.
import { fitted, lineOut } from "../domain/fitted-text.ts";
import { hidden, secretTexts } from "../domain/hidden-secrets.ts";
import { type Ping, pingUrl } from "../domain/ping.ts";
import { type ExchangeOptions, exchange, OwnNetworkError } from "./http-exchange.ts";
import { whyUnreached } from "./network-problem.ts";

export interface PingTarget {
  readonly url: string;
  readonly allowPrivate: boolean;
}

export type PingSent =
  | { readonly arrived: true }
  /** `why` follows a colon, and has nothing secret in it. */
  | { readonly arrived: false; readonly why: string; readonly mayRetry: boolean };

const ANSWER_CHARACTERS_MAX = 200;
const HEADERS = { "Content-Type": "text/plain; charset=utf-8" };

const failed = (why: string, mayRetry: boolean): PingSent => ({ arrived: false, why, mayRetry });

/** Throws only the reason of `signal`. */
export async function sendPing(
  { url, allowPrivate }: PingTarget,
  ping: Ping,
  options: Omit<ExchangeOptions, "allowPrivate" | "readsSuccess">,
): Promise<PingSent> {
  const secrets = secretTexts([url]);
  const request = { method: "POST", url: pingUrl(url, ping), headers: HEADERS, body: ping.text };
  try {
    const { status, text } = await exchange(request, { ...options, allowPrivate, readsSuccess: true });
    const said = fitted(lineOut(hidden(text, secrets)), ANSWER_CHARACTERS_MAX);
    if (status >= 200 && status < 300)
      // Healthchecks takes a ping for a check that it does not have, and says so only in these words.
      return /\(not found\)/.test(text) ? failed("the service does not know that check", false) : ARRIVED;
    const isAway = status >= 500 || [408, 425, 429].includes(status);
    return failed(`it answered ${status}${said === "" ? "" : `: ${said}`}`, isAway);
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason;
    if (error instanceof OwnNetworkError)
      return failed(`${error.message}, where no ping goes without --ping-allow-private`, false);
    return failed(whyUnreached(error, secrets).why, true);
  }
}

const ARRIVED: PingSent = { arrived: true };
