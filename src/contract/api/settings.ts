// Settings as they are sent, and as a form asks for them.
import { z } from "zod";

/** As long as the longest path with every byte escaped. What each setting may be is said by the server. */
const text = z.string().max(16_400);
/** A number, or text with a unit, such as `30d` or `10M`. */
const amount = z.union([z.number(), z.string().max(100)]);
const texts = z.array(text).max(1000);
const can = <T extends z.ZodType>(value: T) => value.nullable().optional();

/** The rules of retention. */
export const retentionInputs = {
  keepLast: can(amount),
  keepHourly: can(amount),
  keepDaily: can(amount),
  keepWeekly: can(amount),
  keepMonthly: can(amount),
  keepYearly: can(amount),
  keepWithinSeconds: can(amount),
  timeZone: can(z.string().max(100)),
};

/** What hosts inherit from the site. Null: inherit it again; left out: as it is. */
export const settingInputs = {
  sshUser: can(text),
  sshPort: can(amount),
  identityFile: can(text),
  remoteRsync: can(text),
  sources: can(texts),
  includes: can(texts),
  excludes: can(texts),
  oneFileSystem: can(z.boolean()),
  bwlimit: can(amount),
  bwlimitAt: can(texts),
  windows: can(texts),
  windowStop: can(z.boolean()),
  incRecursive: can(z.enum(["auto", "on", "off"])),
  streams: can(z.enum(["auto", "1", "2", "3", "4", "5", "6", "7", "8"])),
  btrfsSnapshots: can(z.enum(["auto", "off"])),
  trustGroup: can(z.string().max(100)),
  rsyncArgs: can(texts),
  preHook: can(text),
  postHook: can(text),
  hookFailure: can(z.enum(["fail", "warn"])),
  hookTimeoutSeconds: can(amount),
  stallTimeoutSeconds: can(amount),
  maxDurationSeconds: can(amount),
  maxShrinkPercent: can(amount),
  quotaBytes: can(amount),
  maxNewBytes: can(amount),
  maxFileBytes: can(amount),
  maxEntries: can(amount),
  verifyWithinSeconds: can(amount),
  drillEverySeconds: can(amount),
  canaries: can(texts),
  drillCommand: can(text),
  drillTimeoutSeconds: can(amount),
  ...retentionInputs,
  trashKeepSeconds: can(amount),
};

/** Of site and host, each on its own. */
export const pingInputs = {
  pingUrl: can(z.string().max(2100)).describe("Null: none. What is shown of the address leaves it as it is."),
  pingAllowPrivate: can(z.boolean()).describe("Whether it may be of this server's own network."),
};

/** What `configure-global` knows. Null: the default again; left out: as it is. */
export const siteInputs = {
  backupRoot: text.optional(),
  maxParallel: can(amount),
  minFreePercent: can(amount),
  hostKeyPolicy: can(z.enum(["pin", "confirm"])),
  logLimitBytes: can(amount),
  logKeepSeconds: can(amount),
  historyKeepSeconds: can(amount),
  sandbox: can(z.enum(["auto", "required", "off"])),
  ...pingInputs,
  ...settingInputs,
};

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]);

/** A setting in words, from which forms are made. */
export const SettingFieldShape = z
  .object({
    name: z.string(),
    group: z.enum([
      ...(["site", "connection", "contents", "transfer", "times"] as const),
      ...(["hooks", "retention", "checks", "proof", "pings"] as const),
    ]),
    label: z.string(),
    kind: z.enum(["text", "list", "size", "rate", "duration", "count", "switch", "choice"]),
    unit: z.string().nullable().describe("Of the stored number, where it is one."),
    help: z.string(),
    choices: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
    default: value,
    inherit: z
      .enum(["replace", "append"])
      .nullable()
      .describe("How a host's own value goes with the site's; null for what is not inherited."),
    options: z
      .object({ host: z.string().nullable(), site: z.string().nullable() })
      .describe("The options of `configure-host` and `configure-global`; null: it is none of theirs."),
  })
  .meta({ id: "SettingField" });
