// Channels: where messages go. Nothing secret is ever sent; only whether there is one.
import { z } from "zod";
import { count, instant, ProblemShape } from "./runs.ts";

export const ChannelKindShape = z.enum([
  ...(["email", "webhook", "ntfy", "gotify", "slack"] as const),
  ...(["discord", "telegram", "matrix", "apprise"] as const),
]);
export const SeverityShape = z.enum(["info", "warning", "bad"]);
export const DigestShape = z.enum(["off", "daily", "weekly"]);
const settingValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]);

const ChannelRulesShape = z.object({
  minSeverity: SeverityShape,
  codes: z.array(z.string()).describe("Empty: all conditions."),
  hosts: z.array(z.string()).describe("Names and globs; empty: all hosts, and the site as a whole."),
  tags: z.array(z.string()),
  quiet: z
    .object({ from: z.string(), to: z.string() })
    .nullable()
    .describe("Between them, in the site's time zone, only what is bad is sent."),
  repeatSeconds: count.nullable().describe("Null: nothing is told of again."),
  digest: DigestShape,
});

export const ChannelShape = z.object({
  name: z.string(),
  kind: ChannelKindShape,
  enabled: z.boolean(),
  target: z.string().nullable().describe("Where it leads, in words. Null: its settings cannot be opened."),
  rules: ChannelRulesShape,
  settings: z.record(z.string(), settingValue).nullable().describe("Those that are not secret."),
  secrets: z.array(z.string()).describe("The names of secrets that it has."),
  broken: z
    .object({ since: instant, why: z.string() })
    .nullable()
    .describe("Since when nothing arrives there; null while it works, as far as is known."),
  problem: ProblemShape.nullable(),
  createdAt: instant,
});

/** `channels`. */
export const ChannelListShape = z.object({ items: z.array(ChannelShape), next: z.null() });

/** `remove-channel`. */
export const RemovedChannelShape = z.object({ name: z.string(), removed: z.literal(true) });

export const NotifiedShape = z.object({
  channel: z.string(),
  delivered: z.boolean(),
  problem: ProblemShape.nullable(),
});

/** `notify`. */
export const NotifiedListShape = z.object({
  items: z.array(NotifiedShape),
  next: z.null(),
  ping: z
    .object({ delivered: z.boolean(), problem: ProblemShape.nullable() })
    .nullable()
    .describe("The site's ping; null: it has none, or the test was for one channel alone."),
});

/** A setting of a kind of channel, as a form shows it. */
const ChannelFieldShape = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  form: z.enum(["text", "long", "count", "choice", "list", "switch"]),
  secret: z.boolean(),
  required: z.boolean(),
  fallback: settingValue,
  choices: z.array(z.string()).nullable(),
});
export const ChannelFormShape = z.object({ kind: ChannelKindShape, fields: z.array(ChannelFieldShape) });
