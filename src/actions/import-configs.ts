// Taking over the predecessor's configuration: what would change is worked out first, then it is made so.
import { isDeepStrictEqual } from "node:util";
import {
  type LegacyConfiguration,
  type LegacyHost,
  readLegacyConfiguration,
} from "../domain/legacy/configuration.ts";
import type { LegacyNote } from "../domain/legacy/document.ts";
import { readRsnapshotConfiguration } from "../domain/legacy/rsnapshot.ts";
import { Problem } from "../domain/problem.ts";
import { findHost } from "../store/hosts.ts";
import { findSchedule } from "../store/schedules.ts";
import { findSite } from "../store/site.ts";
import { readConfigurationText, readLegacyFiles } from "../system/legacy-files.ts";
import type { App } from "./app.ts";
import { configureHost, type OnEffects } from "./configure-host.ts";
import { configureSchedule, USUAL_SCHEDULE } from "./configure-schedule.ts";
import { configureSite } from "./configure-site.ts";

export interface ImportedPart {
  readonly kind: "global" | "host" | "schedule";
  /** Of the host; null: the global configuration. */
  readonly host: string | null;
  readonly change: "created" | "changed" | "unchanged";
  /** What the files say otherwise than it is. */
  readonly fields: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;
}

/** The predecessor's files below a prefix, or one file of rsnapshot. */
export type ImportSource =
  | { readonly from: "pobsync"; readonly prefix: string }
  | { readonly from: "rsnapshot"; readonly file: string };

export interface Imported {
  readonly parts: readonly ImportedPart[];
  readonly notes: readonly LegacyNote[];
}

/**
 * Only what the files name changes, and what they leave out stays: so an import can be repeated, and one of an export
 * changes nothing. All files are read and checked before anything is written.
 * @param options.dryRun only works out what would change
 */
export async function importConfigs(
  app: App,
  source: ImportSource,
  options: { dryRun: boolean; onEffects: OnEffects },
): Promise<Imported> {
  const wanted = await readSource(source);
  const site = await partOfSite(app, wanted);
  const hosts: ImportedPart[][] = [];
  for (const host of wanted.hosts) hosts.push(await partsOfHost(app, host));
  const parts = [...site, ...hosts.flat()];
  if (!options.dryRun) await carryOut(app, wanted, parts, options.onEffects);
  return { parts, notes: wanted.notes };
}

async function readSource(source: ImportSource): Promise<LegacyConfiguration> {
  switch (source.from) {
    case "pobsync":
      return readLegacyConfiguration(await readLegacyFiles(source.prefix));
    case "rsnapshot":
      return readRsnapshotConfiguration(source.file, await readConfigurationText(source.file));
    default:
      return source satisfies never;
  }
}

async function carryOut(
  app: App,
  { backupRoot, settings, hosts }: LegacyConfiguration,
  parts: readonly ImportedPart[],
  onEffects: OnEffects,
): Promise<void> {
  const changes = (kind: ImportedPart["kind"], host: string | null): boolean =>
    parts.some((part) => part.kind === kind && part.host === host && part.change !== "unchanged");
  if (changes("global", null))
    await configureSite(
      app,
      { ...(backupRoot === null ? {} : { backupRoot }), settings, unset: [] },
      onEffects,
    );
  for (const { name, address, transport, enabled, settings: own, schedule } of hosts) {
    const given = {
      ...(address === null ? {} : { address }),
      ...(transport === null ? {} : { transport }),
      ...(enabled === null ? {} : { enabled }),
    };
    if (changes("host", name))
      await configureHost(app, name, { ...given, settings: own, unset: [] }, onEffects);
    if (changes("schedule", name)) await configureSchedule(app, name, USUAL_SCHEDULE, schedule ?? {});
  }
}

async function partOfSite(app: App, { backupRoot, settings }: LegacyConfiguration): Promise<ImportedPart[]> {
  const before = await findSite(app);
  if (before === null && backupRoot === null)
    throw new Problem("bad_input", "Nothing is configured yet, and no file says where backups live.", {
      hint: "Begin with: pobsync configure-global --backup-root PATH (or add backup_root to config/global.yaml). Nothing was changed.",
    });
  const after = { ...(backupRoot === null ? {} : { backupRoot }), ...settings };
  return [partOf("global", null, before && { backupRoot: before.backupRoot, ...before.settings }, after)];
}

async function partsOfHost(
  app: App,
  { name, address, transport, enabled, settings, schedule }: LegacyHost,
): Promise<ImportedPart[]> {
  const before = await findHost(app.db, name);
  if (before === null && address === null && transport !== "local")
    throw new Problem("bad_input", `The new host ${name} needs an address.`, {
      hint: `Add a line to config/hosts/${name}.yaml, such as "address: ${name}.example.org". Nothing was changed.`,
    });
  const own = { ...given({ address, transport, enabled }), ...settings };
  const host = partOf("host", name, before && { ...before, ...before.settings }, own);
  if (schedule === null) return [host];
  const known = before === null ? null : await findSchedule(app.db, before.id, USUAL_SCHEDULE);
  if (known === null && schedule.cron === undefined)
    throw new Problem("bad_input", `config/hosts/${name}.yaml: schedule.cron is missing.`, {
      hint: 'Add a line such as "cron: 15 2 * * *". Nothing was changed.',
    });
  return [host, partOf("schedule", name, known && { ...known }, given(schedule))];
}

const given = (facts: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null && value !== undefined));

function partOf(
  kind: ImportedPart["kind"],
  host: string | null,
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>>,
): ImportedPart {
  const fields = Object.entries(after)
    .filter(([name, value]) => !isDeepStrictEqual(before?.[name], value))
    .map(([name, value]) => [name, { before: before?.[name] ?? null, after: value }] as const);
  const change = before === null ? "created" : fields.length === 0 ? "unchanged" : "changed";
  return { kind, host, change, fields: Object.fromEntries(fields) };
}
