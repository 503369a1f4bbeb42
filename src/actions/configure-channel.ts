// Making, changing and removing channels. Only what is named changes; what is secret is sealed before it is stored.
import { requireKnownCodes } from "../domain/channel-codes.ts";
import { parseRules } from "../domain/channel-rules.ts";
import { type ChannelSettings, optionOf, parseChannelSettings } from "../domain/channel-settings.ts";
import { auditedSettings, strayingSecrets } from "../domain/channel-view.ts";
import { CHANNEL_KINDS, type Channel, type ChannelKind } from "../domain/notification.ts";
import { badInput, Problem, quoted } from "../domain/problem.ts";
import type { SettingValue } from "../domain/setting-form.ts";
import {
  deleteChannel,
  findChannel,
  insertChannel,
  listChannels,
  sealedSettingsOf,
  updateChannel,
} from "../store/channels.ts";
import { hurryNotifications } from "../store/notifications.ts";
import type { App } from "./app.ts";
import { asOne, changedFields, recordAudit } from "./audit.ts";
import { openSealed, sealSettings } from "./channel-settings.ts";

export interface ChannelChanges {
  /** Of a new one; that of an old one cannot change. */
  readonly kind?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** As `parseRules` reads them. */
  readonly rules?: Readonly<Record<string, unknown>> | undefined;
  /** Left out: stays. Null: taken away. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

const CHANNELS_MAX = 200;
const NAME = /^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/;

/** Refuses with `bad_input`. */
function parseChannelName(given: string): string {
  if (NAME.test(given)) return given;
  throw badInput(
    "The name of the channel",
    given,
    "must have 1 to 64 of: letters a to z, digits, dot, underscore and hyphen; it begins and ends with a letter or digit.",
  );
}

/** Refuses with `not_found`. */
export async function requireChannel(app: App, name: string): Promise<Channel> {
  const channel = await findChannel(app.db, name);
  if (channel !== null) return channel;
  throw new Problem("not_found", `There is no channel ${quoted(name)}.`, {
    hint: "pobsync channels lists them; configure-channel makes a new one.",
  });
}

/**
 * Checks everything first and writes once. Refuses with `bad_input`, never repeating a secret.
 *
 * Secrets that are kept go nowhere else: where the server changes, they have to be given anew.
 */
export async function configureChannel(
  app: App,
  givenName: string,
  changes: ChannelChanges,
): Promise<{ channel: Channel; created: boolean }> {
  const name = parseChannelName(givenName);
  const { settings: given = {} } = changes;
  const before = await findChannel(app.db, name);
  const kind = kindOf(name, before, changes.kind);
  const seen = before === null ? null : await sealedSettingsOf(app.db, before.id);
  const old = before === null || seen === null ? null : await openedOrNull(app, before, seen, given);
  const now = (old?.values ?? {}) as Readonly<Record<string, SettingValue>>;
  const settings = parseChannelSettings(kind, given, now);
  if (old !== null) requireNoStraying(old, settings, given);
  const rules = parseRules(changes.rules ?? {}, before?.rules);
  requireKnownCodes(rules.codes, before?.rules.codes ?? []);
  const enabled = changes.enabled ?? before?.enabled ?? true;
  const isSame = old !== null && JSON.stringify(old.values) === JSON.stringify(settings.values);
  const sealedSettings = isSame && seen !== null ? seen : await sealSettings(app, name, settings);
  if (before === null && (await listChannels(app.db)).length >= CHANNELS_MAX)
    throw new Problem("bad_input", `There are ${CHANNELS_MAX} channels already, and no more can be made.`, {
      hint: "Remove one first: pobsync remove-channel NAME",
    });
  const facts = { kind, enabled, rules, sealedSettings };
  await asOne(app, async (tx) => {
    const done =
      before === null || seen === null
        ? await insertChannel(tx.db, name, facts, tx.clock())
        : await updateChannel(tx.db, before.id, seen, facts, tx.clock());
    if (!done)
      throw new Problem("bad_input", `Somebody else changed the channel ${name} at this moment.`, {
        hint: "Nothing was changed. Look at it (pobsync channels) and try again.",
      });
    if (before !== null && (!isSame || (enabled && !before.enabled)))
      await hurryNotifications(tx.db, before.id, tx.clock());
    await auditChannel(tx, name, before, { kind, enabled, rules }, auditedSettings(old, settings));
  });
  return { channel: await requireChannel(app, name), created: before === null };
}

function kindOf(name: string, before: Channel | null, given: string | undefined): ChannelKind {
  if (before !== null && (given === undefined || given === before.kind)) return before.kind;
  if (before !== null)
    throw new Problem("bad_input", `The channel ${name} is of kind ${before.kind}, which cannot change.`, {
      hint: `Nothing was changed. Make another channel, or remove this one first: pobsync remove-channel ${name} --yes`,
    });
  const kind = CHANNEL_KINDS.find((known) => known === given);
  if (kind !== undefined) return kind;
  if (given === undefined)
    throw new Problem("bad_input", `The new channel ${name} needs a kind: ${CHANNEL_KINDS.join(", ")}.`, {
      hint: `For example: pobsync configure-channel ${name} --kind ntfy --topic a-name-nobody-guesses`,
    });
  throw badInput("The kind", given, `must be one of: ${CHANNEL_KINDS.join(", ")}.`);
}

/** What cannot be opened any more may be given anew, all of it. */
async function openedOrNull(
  app: App,
  channel: Channel,
  sealed: string,
  given: object,
): Promise<ChannelSettings | null> {
  try {
    return await openSealed(app, channel, sealed);
  } catch (error) {
    if (error instanceof Problem && error.code === "channel_sealed" && Object.keys(given).length > 0)
      return null;
    throw error;
  }
}

function requireNoStraying(
  old: ChannelSettings,
  settings: ChannelSettings,
  given: Readonly<Record<string, unknown>>,
) {
  const [first, ...more] = strayingSecrets(old, settings, given);
  if (first === undefined) return;
  throw new Problem(
    "bad_input",
    `Another server would get secrets that were given for the one before: ${[first, ...more].join(", ")}.`,
    {
      hint: `Nothing was changed. Give them anew (${optionOf(first)}-file FILE), or take them away: --unset ${first}`,
    },
  );
}

async function auditChannel(
  app: App,
  subject: string,
  before: Channel | null,
  { rules, ...after }: Pick<Channel, "kind" | "enabled" | "rules">,
  settings: ReturnType<typeof auditedSettings>,
): Promise<void> {
  const old = before === null ? null : { kind: before.kind, enabled: before.enabled, ...before.rules };
  const detail = changedFields(old === null ? null : { ...old, ...settings.before }, {
    ...after,
    ...rules,
    ...settings.after,
  });
  if (before !== null && Object.keys(detail).length === 0) return;
  const action = before === null ? "channel.created" : "channel.changed";
  await recordAudit(app, { action, subjectKind: "channel", subject, detail });
}

/** Refuses with `not_found`. */
export async function removeChannel(app: App, name: string): Promise<void> {
  const { id, kind } = await requireChannel(app, name);
  const removed = await asOne(app, async (tx) => {
    if (!(await deleteChannel(tx.db, id))) return false;
    await recordAudit(tx, {
      action: "channel.removed",
      subjectKind: "channel",
      subject: name,
      detail: { kind },
    });
    return true;
  });
  if (!removed) await requireChannel(app, name);
}
