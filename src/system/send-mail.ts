// One message by e-mail, over SMTP.
import { Socket } from "node:net";
import { createTransport } from "nodemailer";
import type { SettingsOf } from "../domain/channel-settings.ts";
import type { Delivery } from "../domain/delivery.ts";
import { DeliveryProblem } from "../domain/delivery-problem.ts";
import { bodyWithUrl, fitted, lineOut } from "../domain/fitted-text.ts";
import { hidden, secretsOf } from "../domain/hidden-secrets.ts";
import type { Message } from "../domain/notification.ts";
import { networkProblem } from "./network-problem.ts";

const USUAL_PORT = { tls: 465, starttls: 587, none: 25 } as const;
const MAIL_TIMEOUT_MS = 30_000;
const SUBJECT_MAX = 250;
const BODY_MAX = 100_000;
const REPLY_MAX = 300;

type EmailSettings = SettingsOf<"email">;

/** Returns when the server has taken it for everybody. Throws as `deliver` does. */
export async function sendMail(
  name: string,
  settings: EmailSettings,
  { message, id, at }: Delivery,
  signal: AbortSignal | undefined,
  { timeoutMs = MAIL_TIMEOUT_MS }: { readonly timeoutMs?: number },
): Promise<void> {
  const { server, security, user, password, from, to } = settings;
  const port = settings.port ?? USUAL_PORT[security];
  const place = `${name} (email, ${server}:${port})`;
  const secrets = secretsOf({ kind: "email", values: settings });
  // One of our own, because it can be cut at any moment.
  const socket = new Socket();
  const transport = createTransport({
    ...{ host: server, port, socket, secure: security === "tls", requireTLS: security === "starttls" },
    ...{
      ignoreTLS: security === "none",
      disableFileAccess: true,
      disableUrlAccess: true,
      socketCloseTimeout: 0,
    },
    ...{
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    },
    ...(user === null ? {} : { auth: { user, pass: password ?? "" } }),
  });
  const timeout = AbortSignal.timeout(timeoutMs);
  const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const sent = transport.sendMail({
    ...{ from: { name: "pobsync", address: from }, to: [...to], date: at },
    ...{ subject: fitted(message.subject, SUBJECT_MAX), text: `${bodyWithUrl(message, BODY_MAX)}\n` },
    messageId: `<${id}@${from.slice(from.lastIndexOf("@") + 1)}>`,
    headers: { "Auto-Submitted": "auto-generated", ...importance(message) },
  });
  try {
    const { rejected, rejectedErrors = [] } = await orStopped(sent, stop);
    if (rejected.length > 0) throw partly(smtpProblem(name, place, rejectedErrors[0], secrets));
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw error instanceof DeliveryProblem ? error : smtpProblem(name, place, error, secrets);
  } finally {
    socket.destroy();
    transport.close();
  }
}

const importance = ({ severity, kind }: Message): Record<string, string> =>
  severity === "bad" && kind !== "cleared" ? { Importance: "high", "X-Priority": "1 (Highest)" } : {};

/** What is still under way then ends with its socket. */
function orStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(stop.reason);
    if (stop.aborted) end();
    stop.addEventListener("abort", end, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener("abort", end));
  });
}

interface SmtpError {
  readonly code?: string;
  /** What the network or TLS called it, before nodemailer gave it a code of its own. */
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly message?: string;
  readonly recipient?: string;
}

const OF_THE_WAY = new Set([
  "EDNS",
  "ETIMEDOUT",
  "ESOCKET",
  "ECONNECTION",
  "ETLS",
  "ECONNREFUSED",
  "EPROTOCOL",
]);

/** A reply of SMTP that begins with 4 asks to come back later; with 5, something has to be changed. */
function smtpProblem(
  name: string,
  place: string,
  error: unknown,
  secrets: readonly string[],
): DeliveryProblem {
  const { code = "", responseCode, response, message = "", recipient } = (error ?? {}) as SmtpError;
  if (error instanceof DOMException) return networkProblem(name, place, error, secrets);
  const hide = (text: string): string => fitted(lineOut(hidden(text, secrets)), REPLY_MAX);
  const again = `pobsync notify --test ${name}`;
  if (responseCode === undefined)
    return OF_THE_WAY.has(code) || !code.startsWith("E")
      ? networkProblem(name, place, rootOf(error), secrets)
      : new DeliveryProblem("channel_refused", `The channel ${place} cannot send: ${hide(message)}.`, {
          hint: `Correct it (pobsync configure-channel ${name}), then: ${again}`,
        });
  const whom = recipient === undefined ? "" : ` for ${hide(recipient)}`;
  const words = `It answered${whom}: ${hide(response ?? String(responseCode))}`;
  if (responseCode < 500 && responseCode !== 421 && code === "EAUTH")
    return new DeliveryProblem("channel_busy", `The channel ${place} could not sign in now. ${words}`);
  if (responseCode < 500)
    return new DeliveryProblem("channel_busy", `The channel ${place} could not take the message. ${words}`, {
      hint: `The server asks to come back later, as many do at the first time. If it stays so: ${again}`,
    });
  return new DeliveryProblem("channel_refused", `The channel ${place} refused the message. ${words}`, {
    hint: `${code === "EAUTH" ? "Correct user and password" : "Correct sender, recipients or sign-in"} (pobsync configure-channel ${name}), then: ${again}`,
  });
}

/** The others have it: nodemailer fails otherwise. */
const partly = ({ code, message, hint }: DeliveryProblem): DeliveryProblem =>
  new DeliveryProblem(code, message, { hint, isDelivered: true });

/** What the network or TLS said: nodemailer keeps it beside its own code, in its words, or as a cause. */
function rootOf(error: unknown): unknown {
  const {
    cause,
    code,
    originalCode,
    message = "",
  } = (error ?? {}) as SmtpError & {
    cause?: { code?: string };
  };
  const [said] = /\bE[A-Z]{4,}\b/.exec(message) ?? [];
  if (code !== "ESOCKET" && code !== "ECONNECTION" && code !== "ETLS" && code !== "EDNS") return error;
  return cause?.code === undefined ? { code: originalCode ?? said, message } : cause;
}
