// What the answer of a service over HTTP means: it has arrived, come back later, or something has to be changed.
import { originOf } from "./channel-words.ts";
import { DeliveryProblem } from "./delivery-problem.ts";
import { fitted, lineOut } from "./fitted-text.ts";

export interface ServiceAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly location: string | null;
  readonly text: string;
}

const ANSWER_CHARACTERS_MAX = 300;
const RETRY_SECONDS_MAX = 86_400;

/** Null: it has arrived. `hide` takes secrets out of what the service said. */
export function judgeAnswer(
  name: string,
  to: string,
  answer: ServiceAnswer,
  wants: { readonly content: boolean },
  hide: (text: string) => string,
  now: Date,
): DeliveryProblem | null {
  const { status, text } = answer;
  const again = `pobsync notify --test ${name}`;
  if (status === 204 && wants.content)
    return new DeliveryProblem("channel_refused", `The channel ${to} has no configuration of that key.`, {
      hint: `Correct it (pobsync configure-channel ${name} --key KEY), then: ${again}`,
    });
  if (status >= 200 && status < 300) return null;
  const said = fitted(lineOut(hide(text)), ANSWER_CHARACTERS_MAX);
  const words = `${status}${said === "" ? "" : `: ${said}`}`;
  if (status >= 300 && status < 400)
    return new DeliveryProblem(
      "channel_refused",
      `The channel ${to} answered with a redirect: ${leadsTo(answer)}.`,
      {
        hint: `Redirects are not followed. Give the channel the address where it leads: pobsync configure-channel ${name}. Then: ${again}`,
      },
    );
  if (status >= 500 || status === 408 || status === 425 || status === 429)
    return new DeliveryProblem(
      "channel_busy",
      `The channel ${to} could not take the message. It answered ${words}`,
      {
        hint:
          status === 429
            ? "It gets too many messages. Nothing needs to be changed; it is asked again later."
            : `It may be over soon. If it stays so, look at the service, then: ${again}`,
        retryAfterSeconds: retryAfter(answer, now),
      },
    );
  return new DeliveryProblem(
    "channel_refused",
    `The channel ${to} refused the message. It answered ${words}`,
    {
      hint: `${ADVICE[status] ?? "Correct what it complains about"} (pobsync configure-channel ${name}), then: ${again}`,
    },
  );
}

const ADVICE: Readonly<Record<number, string>> = {
  401: "Give it a token or an address that is valid",
  403: "Give it a token or an address that may send there",
  404: "Correct its address: there is nothing at that place",
  405: "Correct its address or its method",
  410: "Give it a new address: that one was taken back",
};

const leadsTo = ({ status, location }: ServiceAnswer): string => {
  const origin = location === null ? "" : originOf(location);
  return origin === "" ? String(status) : `${status} to ${origin}`;
};

/** What the header says, in seconds or as a moment, or the fields of Telegram, Discord and Matrix. */
function retryAfter({ retryAfter: header, text }: ServiceAnswer, now: Date): number | null {
  const seconds = /^\d{1,9}$/.test(header ?? "")
    ? Number(header)
    : header !== null && !Number.isNaN(Date.parse(header))
      ? (Date.parse(header) - now.getTime()) / 1000
      : secondsIn(text);
  return seconds === null ? null : Math.min(RETRY_SECONDS_MAX, Math.max(0, Math.ceil(seconds)));
}

function secondsIn(text: string): number | null {
  try {
    const said = JSON.parse(text) as Record<string, unknown> | null;
    const parameters = (said?.parameters ?? {}) as Record<string, unknown>;
    const milliseconds = said?.retry_after_ms;
    if (typeof milliseconds === "number") return milliseconds / 1000;
    const seconds = said?.retry_after ?? parameters.retry_after;
    return typeof seconds === "number" ? seconds : null;
  } catch {
    return null;
  }
}
