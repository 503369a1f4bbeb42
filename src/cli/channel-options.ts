// The options of configure-channel: one for each setting, and for what is secret a file or stdin in its place.
import type { Command } from "commander";
import { readGivenText } from "../actions/given-text.ts";
import { CHANNEL_FIELDS, optionOf } from "../domain/channel-settings.ts";
import { CHANNEL_KINDS } from "../domain/notification.ts";
import { badInput, Problem } from "../domain/problem.ts";

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

const SECRETS: Readonly<Record<string, string>> = {
  password: "the password for the mail server",
  token: "the token (ntfy, gotify, telegram, matrix)",
  url: "the address of the webhook (webhook, slack, discord)",
  headers: "headers of a webhook, one a line",
  template: "what a webhook sends, with {{subject}} {{body}} {{severity}} and so on",
  signingKey: "the key with which a webhook is signed",
  urls: "addresses of Apprise, one a line",
};

const PLAIN = ["server", "port", "security", "user", "from", "to", "method", "topic", "chat", "room", "key"];

const RULES = { minSeverity: "minSeverity", code: "codes", host: "hosts", tag: "tags" } as const;
const MORE_RULES = { quietHours: "quiet", repeat: "repeatSeconds", digest: "digest" } as const;

export function addChannelOptions(command: Command): Command {
  command
    .option("--kind <kind>", `of a new channel: ${CHANNEL_KINDS.join(", ")}`)
    .option("--server <server>", "name of the mail server, or https://… of the service")
    .option("--port <port>", "of the mail server, where it is not the usual one")
    .option("--security <tls|starttls|none>", "how the mail server is spoken to (default: tls)")
    .option("--user <user>", "who signs in to the mail server")
    .option("--from <address>", "the address that e-mail comes from")
    .option("--to <address>", "who gets e-mail (repeatable)", collect)
    .option("--url <address>", "of a webhook that needs no secret in it")
    .option("--method <POST|PUT>", "how a webhook is sent (default: POST)")
    .option("--topic <topic>", "of ntfy")
    .option("--chat <chat>", "of Telegram: a number, or @name")
    .option("--room <id>", "of Matrix, such as !abc:example.org")
    .option("--key <key>", "of a configuration that an Apprise server keeps")
    .option("--allow-private", "it may lead to this server's own network: a service of your own")
    .option("--no-allow-private", "it may not (the default)");
  for (const [name, what] of Object.entries(SECRETS))
    command
      .option(`${optionOf(name)}-file <file>`, `read ${what}, from a file`)
      .option(`${optionOf(name)}-stdin`, "the same from stdin");
  return command
    .option("--unset <setting>", "take a setting away, such as token (repeatable)", collect)
    .option("--min-severity <info|warning|bad>", "nothing below it (default: warning)")
    .option("--code <code>", 'only this condition, such as late (repeatable; "" for all again)', collect)
    .option("--host <host>", 'only this host, or a glob such as web* (repeatable; "" for all again)', collect)
    .option("--tag <tag>", 'only hosts with this tag (repeatable; "" for all again)', collect)
    .option("--quiet-hours <from-to>", "such as 22:00-07:00: only what is bad is sent then; off for none")
    .option("--repeat <duration>", "tell again of what nobody acknowledged, such as 1d; off for never")
    .option("--digest <off|daily|weekly>", "also the news of each day or week (default: off)")
    .option("--enable", "switch it on")
    .option("--disable", "switch it off and keep it");
}

type Options = Readonly<Record<string, unknown>>;

/** The rules that the options name. */
export function rulesFrom(options: Options): Record<string, unknown> {
  const lists = Object.entries(RULES).map(([option, rule]) => {
    const value = options[option];
    return [rule, Array.isArray(value) ? value.filter((item) => item !== "") : value] as const;
  });
  const others = Object.entries(MORE_RULES).map(([option, rule]) => [rule, options[option]] as const);
  return Object.fromEntries([...lists, ...others]);
}

/** The settings that the options name, secrets read from where they are. Refuses with `bad_input`. */
export async function channelSettingsFrom(
  options: Options,
  kind: string | undefined,
): Promise<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  for (const name of PLAIN) if (options[name] !== undefined) given[name] = options[name];
  if (typeof options.allowPrivate === "boolean") given.allowPrivate = options.allowPrivate;
  if (options.url !== undefined) given.url = plainUrl(options.url, kind);
  const ofStdin = Object.keys(SECRETS).filter((name) => options[`${name}Stdin`] === true);
  if (ofStdin.length > 1)
    throw badInput("Stdin", ofStdin.join(", "), "can hold only one of them: give the others as files.");
  for (const name of Object.keys(SECRETS)) {
    const file = options[`${name}File`];
    const what = optionOf(name);
    const isStdin = ofStdin.includes(name);
    if ((file !== undefined && isStdin) || ((file !== undefined || isStdin) && given[name] !== undefined))
      throw badInput(what, String(file ?? "-"), "is given twice.");
    if (typeof file === "string") given[name] = await readGivenText(`${what}-file`, { file });
    if (isStdin) given[name] = await readGivenText(`${what}-stdin`, { stream: process.stdin });
  }
  for (const name of (options.unset ?? []) as string[]) {
    if (!Object.values(CHANNEL_FIELDS).some((fields) => Object.hasOwn(fields, name)))
      throw badInput(
        "The setting",
        name,
        "does not exist. pobsync channels --json names those of each channel.",
      );
    given[name] = null;
  }
  return given;
}

/** All that runs on this machine can read arguments, so an address that is a secret does not belong there. */
function plainUrl(url: unknown, kind: string | undefined): unknown {
  if (kind !== "slack" && kind !== "discord") return url;
  throw new Problem(
    "bad_input",
    `The address of a ${kind} webhook is a secret, and arguments can be seen by all.`,
    {
      hint: "Nothing was changed. Give it with --url-file FILE or --url-stdin.",
    },
  );
}
