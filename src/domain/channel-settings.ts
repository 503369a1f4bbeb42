// What each kind of channel needs to know to get there. Forms, options, the API and their help are made from this table.
import {
  header,
  mailbox,
  secretUrl,
  secretWord,
  serverName,
  serverUrl,
  template,
  word,
} from "./channel-words.ts";
import type { ChannelKind } from "./notification.ts";
import { badInput, Problem } from "./problem.ts";
import {
  type ChannelField,
  choice,
  count,
  guarded,
  list,
  long,
  optional,
  type SettingValue,
  secret,
  text,
  toggle,
  usually,
} from "./setting-form.ts";

const SECURITIES = ["tls", "starttls", "none"] as const;
const TEMPLATE_MAX = 16_384;

const server = (help: string) => text({ label: "Server", help }, serverUrl);
const token = (label: string, help: string) =>
  secret(text({ label, help }, secretWord(/^[\x21-\x7e]{1,512}$/, "holds blanks, or is too long.")));
const allowPrivate = toggle({
  label: "Allow this server's own network",
  help: "For a service of your own. Without it loopback and private addresses are refused.",
});

export const CHANNEL_FIELDS = {
  email: {
    server: text({ label: "Mail server", help: "Its name, such as smtp.example.org." }, serverName),
    security: usually(
      choice(
        { label: "Encryption", help: "tls from the start (port 465), starttls (587), or none (25)." },
        SECURITIES,
      ),
      "tls",
    ),
    port: optional(count({ label: "Port", help: "Left out: the usual one of the encryption." }, 1, 65_535)),
    user: optional(text({ label: "User", help: "Where the server wants a name to sign in." })),
    password: optional(secret(text({ label: "Password", help: "Of that user." }))),
    from: text({ label: "From", help: "The address that messages come from." }, mailbox),
    to: list({ label: "To", help: "Addresses that get each message." }, mailbox),
  },
  webhook: {
    url: secret(
      text({ label: "Address", help: "Where each message is sent. Only its server is shown." }, secretUrl),
    ),
    method: usually(choice({ label: "Method", help: "How it is sent." }, ["POST", "PUT"]), "POST"),
    headers: optional(
      secret(list({ label: "Headers", help: "Such as Authorization: Bearer … One a line." }, header)),
    ),
    template: optional(
      secret(
        long(
          {
            label: "Template",
            help: 'What is sent, with {{subject}} and its like, such as {"text": "{{subject}}"}. Left out: a JSON document.',
          },
          TEMPLATE_MAX,
          template,
        ),
      ),
    ),
    signingKey: optional(
      token("Key for signatures", "Messages are signed with it, so that the receiver knows who sent them."),
    ),
    allowPrivate,
  },
  ntfy: {
    server: usually(server("Where ntfy runs."), "https://ntfy.sh"),
    topic: guarded(
      text(
        {
          label: "Topic",
          help: "On a public server whoever knows its name reads along: take one nobody guesses.",
        },
        word(/^[A-Za-z0-9_-]{1,64}$/, "may hold letters, digits, _ and - only."),
      ),
    ),
    token: optional(token("Access token", "Where the topic is protected.")),
    allowPrivate,
  },
  gotify: {
    server: server("Where Gotify runs."),
    token: token("Token", "Of the application."),
    allowPrivate,
  },
  slack: {
    url: secret(
      text(
        { label: "Webhook address", help: "As Slack or Mattermost shows it: an incoming webhook." },
        secretUrl,
      ),
    ),
    allowPrivate,
  },
  discord: {
    url: secret(
      text({ label: "Webhook address", help: "Of the Discord channel: Integrations, Webhooks." }, secretUrl),
    ),
    allowPrivate,
  },
  telegram: {
    token: secret(
      text(
        { label: "Bot token", help: "From @BotFather." },
        secretWord(/^\d{1,20}:[A-Za-z0-9_-]{10,100}$/, "is none that @BotFather gives, such as 123456:AbC…"),
      ),
    ),
    chat: text(
      { label: "Chat", help: "Its number, or @name of a public channel." },
      word(/^(-?\d{1,20}|@[A-Za-z0-9_]{4,64})$/, "is neither a number nor an @name."),
    ),
    server: usually(server("Another one than Telegram's own, if you run it."), "https://api.telegram.org"),
    allowPrivate,
  },
  matrix: {
    server: server("The homeserver, such as https://matrix.example.org."),
    room: text(
      { label: "Room", help: "Its internal ID, such as !abc:example.org. The account must be in it." },
      word(/^![\x21-\x7e]{1,254}$/, "does not begin with ! as room IDs do."),
    ),
    token: token("Access token", "Of the account that sends."),
    allowPrivate,
  },
  apprise: {
    server: server("Where the Apprise API runs."),
    key: optional(
      guarded(
        text(
          { label: "Key", help: "Of a configuration that the server keeps. Whoever knows it may read that." },
          word(/^[\w-]{1,128}$/, "may hold letters, digits, _ and - only."),
        ),
      ),
    ),
    urls: optional(
      secret(list({ label: "Services", help: "Addresses of Apprise, one a line." }, appriseUrl)),
    ),
    allowPrivate,
  },
} as const satisfies Record<ChannelKind, Record<string, ChannelField<never> | ChannelField>>;

type FieldsOf<K extends ChannelKind> = (typeof CHANNEL_FIELDS)[K];
export type SettingsOf<K extends ChannelKind> = {
  readonly [F in keyof FieldsOf<K>]: FieldsOf<K>[F] extends ChannelField<infer T> ? T : never;
};
/** What a channel needs, by its kind; secrets in the clear: it goes to the sender and nowhere else. */
export type ChannelSettings = {
  [K in ChannelKind]: { readonly kind: K; readonly values: SettingsOf<K> };
}[ChannelKind];

export const fieldsOf = (kind: ChannelKind): [string, ChannelField][] =>
  Object.entries(CHANNEL_FIELDS[kind]) as unknown as [string, ChannelField][];

type Values = Readonly<Record<string, SettingValue>>;

/**
 * Checked settings of a channel: what is given in place of what it has, null in place of what it shall have no more.
 *
 * Refuses with `bad_input`, never repeating a secret.
 */
export function parseChannelSettings(
  kind: ChannelKind,
  given: Readonly<Record<string, unknown>>,
  now: Values = {},
): ChannelSettings {
  const fields = fieldsOf(kind);
  const unknown = Object.keys(given).find(
    (name) => given[name] !== undefined && !fields.some(([known]) => known === name),
  );
  if (unknown !== undefined)
    throw badInput(
      "The setting",
      unknown,
      `is none of ${kind}. There are: ${fields.map(([n]) => n).join(", ")}.`,
    );
  const values: Record<string, SettingValue> = {};
  for (const [name, field] of fields) {
    const value = given[name] === undefined ? now[name] : given[name];
    if (value !== undefined && value !== null) values[name] = field.parse(field.label, value);
    else if (field.fallback !== undefined) values[name] = field.fallback;
    else
      throw new Problem("bad_input", `A channel of kind ${kind} needs: ${field.label}.`, {
        hint: `Nothing was changed. ${field.help} ${howToGive(name, field)}`,
      });
  }
  const settings = { kind, values } as unknown as ChannelSettings;
  requireSense(settings);
  return settings;
}

const HERE = new Set(["localhost", "127.0.0.1", "::1"]);

/** The option of the command line that sets it. */
export const optionOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const howToGive = (name: string, { secret }: ChannelField): string =>
  secret
    ? `Give it with ${optionOf(name)}-file FILE or ${optionOf(name)}-stdin.`
    : `Give it with ${optionOf(name)}.`;

/** What goes together. */
function requireSense(settings: ChannelSettings): void {
  const refuse = (message: string, hint: string): never => {
    throw new Problem("bad_input", message, { hint: `Nothing was changed. ${hint}` });
  };
  if (settings.kind === "apprise" && (settings.values.key === null) === (settings.values.urls === null))
    refuse(
      "An Apprise channel needs either a key or services.",
      "A key where the server keeps the services, else their addresses.",
    );
  if (settings.kind === "email" && settings.values.user === null && settings.values.password !== null)
    refuse("There is a password, and no user that it is of.", "Say who signs in: --user");
  if (
    settings.kind === "email" &&
    settings.values.security === "none" &&
    settings.values.password !== null &&
    !HERE.has(settings.values.server)
  )
    refuse("Without encryption the password could be read on its way.", "Take --security starttls or tls.");
}

function appriseUrl(what: string, given: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(given)) return given;
  throw badInput(what, "", "holds one that is no address such as mailto://… or tgram://…");
}
