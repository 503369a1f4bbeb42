// Creating or changing a host. Only what is named changes; its name cannot.
import { type Host, parseTransport } from "../domain/host.ts";
import { parseAddress, parseHostName } from "../domain/host-address.ts";
import { changeTags } from "../domain/host-tags.ts";
import { MAIN_NODE, requireNode } from "../domain/node.ts";
import { Problem } from "../domain/problem.ts";
import { changeLayer, type SettingName, type SettingsLayer } from "../domain/settings.ts";
import { findHost, insertHost, requireHost, saveHostKeys, updateHost } from "../store/hosts.ts";
import { listNodes } from "../store/site.ts";
import type { App } from "./app.ts";
import { asOne, changedFields, recordAudit } from "./audit.ts";
import { requireSite } from "./host-context.ts";
import { auditedPing, type PingChanges, plannedPing } from "./ping-settings.ts";
import { placeWindows } from "./place-windows.ts";
import { requireMovable } from "./require-movable.ts";
import { type RetentionEffect, retentionEffects } from "./retention-effect.ts";

export interface HostChanges extends PingChanges {
  /** The backup server that keeps it. */
  readonly node?: string;
  readonly address?: string;
  readonly transport?: string;
  readonly enabled?: boolean;
  /** All of them; left out: those that it has. */
  readonly tags?: readonly string[];
  /** Besides those. */
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
  readonly settings: SettingsLayer;
  readonly unset: readonly SettingName[];
}

/** Gets what changed rules of retention would do, before anything is saved. */
export type OnEffects = (effects: readonly RetentionEffect[]) => void;

/** Checks everything first and writes once. A new address of an existing host keeps its pinned key: it is the same machine. */
export async function configureHost(
  app: App,
  givenName: string,
  changes: HostChanges,
  onEffects: OnEffects = () => {},
): Promise<{ host: Host; created: boolean }> {
  const { name, before, facts, pings, effects } = await plannedChange(app, givenName, changes);
  onEffects(effects);
  const savePings = await pings.sealed();
  return asOne(app, async (tx) => {
    const now = tx.clock();
    if (before === null) await insertHost(tx.db, name, facts, now);
    else if (!(await updateHost(tx.db, before.id, facts, now)))
      throw new Problem("host_busy", `A run of ${name} is under way; nothing was changed.`);
    // A machine that is now reached as itself has no key to show.
    if (before !== null && facts.transport === "local" && before.hostKeys.length > 0)
      await saveHostKeys(tx.db, before.id, [], now);
    await placeWindows(tx, name);
    const host = await requireHost(tx.db, name);
    await savePings(tx, host.id);
    await auditHost(tx, name, before, facts, auditedPing(pings));
    return { host, created: before === null };
  });
}

type HostFacts = Pick<Host, "node" | "address" | "transport" | "enabled" | "tags" | "settings">;

async function auditHost(
  app: App,
  name: string,
  before: Host | null,
  facts: HostFacts,
  pings: ReturnType<typeof auditedPing>,
): Promise<void> {
  const plain = ({ node, address, transport, enabled, tags, settings }: HostFacts) => ({
    // Where there is one server, nobody thinks of it.
    ...(node === MAIN_NODE ? {} : { node }),
    ...{ address, transport, enabled },
    ...(tags.length === 0 ? {} : { tags }),
    ...settings,
  });
  const detail = changedFields(before === null ? null : { ...plain(before), ...pings.before }, {
    ...plain(facts),
    ...pings.after,
  });
  if (before !== null && Object.keys(detail).length === 0) return;
  const action = before === null ? "host.created" : "host.changed";
  await recordAudit(app, { action, subjectKind: "host", subject: name, detail });
}

/** Checks a change and tells what its rules of retention would do. Writes nothing. */
export async function previewHostChange(
  app: App,
  givenName: string,
  changes: HostChanges,
): Promise<readonly RetentionEffect[]> {
  return (await plannedChange(app, givenName, changes)).effects;
}

async function plannedChange(app: App, givenName: string, changes: HostChanges) {
  const name = parseHostName(givenName);
  const { settings: site } = await requireSite(app);
  const before = await findHost(app.db, name);
  const transport =
    changes.transport === undefined ? (before?.transport ?? "ssh") : parseTransport(changes.transport);
  const typed = changes.address === undefined ? undefined : parseAddress(changes.address);
  const address = typed ?? before?.address ?? (transport === "local" ? "localhost" : undefined);
  if (address === undefined)
    throw new Problem("bad_input", `The new host ${name} needs an address.`, {
      hint: `For example: pobsync configure-host ${name} --address ${name}.example.org`,
    });
  const node = await plannedNode(app, before, changes.node);
  const facts = {
    ...{ node, address, transport },
    enabled: changes.enabled ?? before?.enabled ?? true,
    tags: changeTags(changes.tags ?? before?.tags ?? [], changes.addTags ?? [], changes.removeTags ?? []),
    settings: changeLayer(before?.settings ?? {}, changes.settings, changes.unset),
  };
  const pings = await plannedPing(app, changes, { host: name, hostId: before?.id ?? null });
  const effects = await retentionEffects(app, (host, own) => ({
    before: { site, own },
    after: { site, own: host === name ? facts.settings : own },
  }));
  return { name, before, facts, pings, effects };
}

/** A new host is kept where it is made, unless another backup server is named. */
async function plannedNode(app: App, before: Host | null, wanted: string | undefined): Promise<string> {
  if (wanted === undefined) return before?.node ?? app.node;
  const known = (await listNodes(app.db)).map(({ name }) => name);
  const node = requireNode(wanted, known);
  if (before !== null && before.node !== node) await requireMovable(app, before, node);
  return node;
}
