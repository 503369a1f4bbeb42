// What each service wants to be sent, as its documentation says. Pure; the message has been through `messageOut`.
import type { ChannelSettings, SettingsOf } from "./channel-settings.ts";
import type { Delivery } from "./delivery.ts";
import { asOneText, bodyWithUrl, fitted, inBytes } from "./fitted-text.ts";
import { escapingFor, fill } from "./message-template.ts";
import type { ChannelKind, Message } from "./notification.ts";

export interface ChannelRequest {
  readonly method: "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body is signed with it. */
  readonly signingKey?: string | null;
  /** An empty answer means that nothing was done. */
  readonly wantsContent?: boolean;
}

type Look = "bad" | "warning" | "info" | "well";
const lookOf = ({ kind, severity }: Message): Look => (kind === "cleared" ? "well" : severity);

const COLOURS: Record<Look, number> = { bad: 0xe03131, warning: 0xf08c00, info: 0x1971c2, well: 0x2f9e44 };
const titleOf = ({ host }: Message): string => host ?? "pobsync";

const JSON_TYPE = "application/json; charset=utf-8";
const json = (url: string, body: unknown, headers: Record<string, string> = {}): ChannelRequest => ({
  ...{ method: "POST", url, headers: { "Content-Type": JSON_TYPE, ...headers } },
  body: JSON.stringify(body),
});
const bearer = (token: string | null): Record<string, string> =>
  token === null ? {} : { Authorization: `Bearer ${token}` };

type HttpKind = Exclude<ChannelKind, "email">;

export function requestFor(
  settings: Exclude<ChannelSettings, { kind: "email" }>,
  delivery: Delivery,
): ChannelRequest {
  const write = WRITERS[settings.kind] as (values: unknown, delivery: Delivery) => ChannelRequest;
  return write(settings.values, delivery);
}

function webhook(to: SettingsOf<"webhook">, { message, id, at }: Delivery): ChannelRequest {
  const pairs = (to.headers ?? []).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const type = pairs.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? null;
  const { since, ...same } = message;
  const body =
    to.template === null
      ? JSON.stringify({ id, at: at.toISOString(), ...same, since: since?.toISOString() ?? null })
      : fill(to.template, message, escapingFor(type));
  const headers = { "X-Pobsync-Delivery": id, ...Object.fromEntries(pairs) };
  return {
    ...{ method: to.method, url: to.url, body, signingKey: to.signingKey },
    headers: type === null ? { "Content-Type": JSON_TYPE, ...headers } : headers,
  };
}

const NTFY: Record<Look, { priority: number; tag: string }> = {
  bad: { priority: 4, tag: "rotating_light" },
  warning: { priority: 3, tag: "warning" },
  info: { priority: 2, tag: "information_source" },
  well: { priority: 2, tag: "white_check_mark" },
};
/** Bytes. Beyond that ntfy makes an attachment of it. Source: docs.ntfy.sh/publish, Limitations: message length. */
const NTFY_BYTES_MAX = 4096;

function ntfy({ server, topic, token }: SettingsOf<"ntfy">, { message }: Delivery): ChannelRequest {
  const { priority, tag } = NTFY[lookOf(message)];
  const { subject, url } = message;
  return json(
    `${server}/`,
    {
      ...{ topic, title: fitted(subject, 250), priority, tags: [tag] },
      message: bodyWithUrl(message, NTFY_BYTES_MAX, inBytes),
      ...(url === null ? {} : { click: url }),
    },
    bearer(token),
  );
}

const GOTIFY: Record<Look, number> = { bad: 8, warning: 5, info: 2, well: 2 };
/** Neither Gotify (gotify.net/api-docs) nor the Apprise API says how long a message may be; nobody reads more on a phone. */
const LONG = 16_000;

const gotify = ({ server, token }: SettingsOf<"gotify">, { message }: Delivery): ChannelRequest =>
  json(
    `${server}/message`,
    {
      ...{ title: fitted(message.subject, 250), message: bodyWithUrl(message, LONG) },
      priority: GOTIFY[lookOf(message)],
      extras: {
        "client::display": { contentType: "text/plain" },
        ...(message.url === null ? {} : { "client::notification": { click: { url: message.url } } }),
      },
    },
    { "X-Gotify-Key": token },
  );

/**
 * `&`, `<` and `>` are all that Slack reads in such a text. Mattermost, which takes the same, also reads mentions and links:
 * those are broken by a blank of no width.
 */
const slackText = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "@\u200b")
    .replaceAll("](", "]\u200b(");

/**
 * Characters. Slack cuts what is longer than 40,000 and advises 4000 at most; the text of a block or attachment is folded or cut
 * from 3000 on. Source: docs.slack.dev, chat.postMessage (Truncating content) and Section block.
 */
const SLACK_TEXT_MAX = 3000;

function slack({ url }: SettingsOf<"slack">, { message }: Delivery): ChannelRequest {
  const subject = fitted(message.subject, 300, slackText);
  return json(url, {
    ...{ text: subject, mrkdwn: false },
    attachments: [
      {
        color: `#${COLOURS[lookOf(message)].toString(16).padStart(6, "0")}`,
        ...{ fallback: subject, title: fitted(titleOf(message), 150, slackText), mrkdwn_in: [] },
        ...(message.url === null ? {} : { title_link: message.url }),
        text: fitted(message.body, SLACK_TEXT_MAX, slackText),
      },
    ],
  });
}

const discordText = (text: string): string => text.replace(/[\\*_~`|>#[\]()<@-]/g, "\\$&");

/**
 * Characters: 2000 of content, 256 of an embed's title, 4096 of its description, and 6000 of all embeds together.
 * Source: discord.com/developers/docs, Execute Webhook and Embed Limits.
 */
function discord({ url }: SettingsOf<"discord">, { message }: Delivery): ChannelRequest {
  const to = new URL(url);
  // Without it Discord answers before it has looked at the message.
  to.searchParams.set("wait", "true");
  return json(to.href, {
    content: fitted(message.subject, 2000, discordText),
    allowed_mentions: { parse: [] },
    embeds: [
      {
        ...{ title: fitted(titleOf(message), 256, discordText), color: COLOURS[lookOf(message)] },
        description: fitted(message.body, 4096, discordText),
        ...(message.url === null ? {} : { url: message.url }),
      },
    ],
  });
}

/**
 * No parse_mode: Telegram reads no markup then. Source of the limit, 4096 characters as UTF-16 counts them:
 * core.telegram.org/bots/api, sendMessage.
 */
const telegram = ({ server, token, chat }: SettingsOf<"telegram">, { message }: Delivery): ChannelRequest =>
  json(`${server}/bot${token}/sendMessage`, {
    ...{ chat_id: chat, text: asOneText(message, 4096), link_preview_options: { is_disabled: true } },
    disable_notification: lookOf(message) === "info" || lookOf(message) === "well",
  });

/**
 * An event may have 65,536 bytes in all, as JSON, where a quote, a backslash and the end of a line take two. Its text is kept so
 * far below that all of it may be of those. Source: spec.matrix.org, Client-Server API, Size limits.
 */
const MATRIX_BYTES_MAX = 30_000;

function matrix({ server, room, token }: SettingsOf<"matrix">, { message, id }: Delivery): ChannelRequest {
  const place = `rooms/${encodeURIComponent(room)}/send/m.room.message/${encodeURIComponent(id)}`;
  const content = {
    ...{ msgtype: "m.text", body: asOneText(message, MATRIX_BYTES_MAX, inBytes) },
    // Says that nobody is mentioned, whatever the text looks like.
    "m.mentions": {},
  };
  return { ...json(`${server}/_matrix/client/v3/${place}`, content, bearer(token)), method: "PUT" };
}

const APPRISE: Record<Look, string> = { bad: "failure", warning: "warning", info: "info", well: "success" };

const apprise = ({ server, key, urls }: SettingsOf<"apprise">, { message }: Delivery): ChannelRequest => ({
  ...json(`${server}/notify${key === null ? "" : `/${key}`}`, {
    ...(urls === null ? {} : { urls: [...urls] }),
    ...{ title: fitted(message.subject, 250), body: bodyWithUrl(message, LONG), format: "text" },
    type: APPRISE[lookOf(message)],
  }),
  // 204: the server has no configuration of that key.
  wantsContent: true,
});

const WRITERS: { readonly [K in HttpKind]: (values: SettingsOf<K>, delivery: Delivery) => ChannelRequest } = {
  webhook,
  ntfy,
  gotify,
  slack,
  discord,
  telegram,
  matrix,
  apprise,
};
