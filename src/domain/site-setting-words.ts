// Settings in words that are not inherited: those that only the site has, and those that only a host has.
import { SITE_DEFAULTS } from "./site.ts";

/** What kind of thing is typed. Lists are of texts; sizes, rates and durations may be typed with their unit, such as `30d`. */
export type FieldKind = "text" | "list" | "size" | "rate" | "duration" | "count" | "switch" | "choice";

export interface Words {
  readonly label: string;
  readonly kind: FieldKind;
  /** Of the stored number. */
  readonly unit?: string;
  readonly help: string;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** The option of `configure-host`; null: not of a host. */
  readonly host: string | null;
  /** The option of `configure-global`; null: not of the site. */
  readonly site: string | null;
}

/** What only the site has. */
export const OF_SITE: Record<string, Words & { readonly fallback: string | number | null }> = {
  backupRoot: {
    ...{ label: "Backup root", kind: "text", host: null, site: "--backup-root", fallback: null },
    help: "Folder of this server in which all backups lie, best on a disk of its own.",
  },
  maxParallel: {
    ...{ label: "Runs at the same time", kind: "count", unit: "runs", host: null, site: "--max-parallel" },
    ...{ fallback: SITE_DEFAULTS.maxParallel, help: "How many, on each backup server." },
  },
  minFreePercent: {
    ...{ label: "Keep free on the disk", kind: "count", unit: "%", host: null, site: "--min-free" },
    ...{ fallback: SITE_DEFAULTS.minFreePercent, help: "With less than that free, no backup begins." },
  },
  hostKeyPolicy: {
    ...{ label: "A host's first key", kind: "choice", host: null, site: "--host-keys" },
    choices: [
      { value: "pin", label: "is taken as it is shown" },
      { value: "confirm", label: "waits until somebody has compared it" },
    ],
    ...{ fallback: SITE_DEFAULTS.hostKeyPolicy, help: "A key that has changed always waits for a person." },
  },
  sandbox: {
    ...{ label: "Receive in a sandbox", kind: "choice", host: null, site: "--sandbox" },
    choices: [
      { value: "auto", label: "where this server can make one" },
      { value: "required", label: "always, with bubblewrap; without it no backup begins" },
      { value: "off", label: "never" },
    ],
    ...{
      fallback: SITE_DEFAULTS.sandbox,
      help: "In it rsync sees only the folder of its host, whatever a hostile host sends. It is faster, too.",
    },
  },
  logLimitBytes: {
    ...{ label: "Longest log of a run", kind: "size", unit: "bytes", host: null, site: "--log-limit" },
    ...{ fallback: SITE_DEFAULTS.logLimitBytes, help: "Text beyond that is left out of a run's log." },
  },
  logKeepSeconds: {
    ...{ label: "Keep logs for", kind: "duration", unit: "seconds", host: null, site: "--log-keep" },
    ...{
      fallback: SITE_DEFAULTS.logKeepSeconds,
      help: "Older logs of runs are removed. A snapshot keeps its own.",
    },
  },
  historyKeepSeconds: {
    ...{
      label: "Keep the history for",
      kind: "duration",
      unit: "seconds",
      host: null,
      site: "--history-keep",
    },
    ...{
      fallback: SITE_DEFAULTS.historyKeepSeconds,
      help: "Runs that ended longer ago are forgotten. Empty: never.",
    },
  },
};

/** What only a host has. */
export const OF_HOST: Record<
  string,
  Words & { readonly fallback: string | boolean | readonly string[] | null }
> = {
  address: {
    ...{ label: "Address", kind: "text", host: "--address", site: null, fallback: null },
    help: "IP address or DNS name of the host.",
  },
  transport: {
    ...{ label: "How it is reached", kind: "choice", host: "--transport", site: null, fallback: "ssh" },
    choices: [
      { value: "ssh", label: "over SSH" },
      { value: "local", label: "it is this very machine" },
    ],
    help: "Over SSH, or directly when it is the backup server itself.",
  },
  tags: {
    ...{ label: "Tags", kind: "list", host: "--tag", site: null, fallback: [] },
    help: "Words such as production or web, by which lists and messages choose hosts.",
  },
  enabled: {
    ...{ label: "Back it up", kind: "switch", host: "--enable", site: null, fallback: true },
    help: "Switched off, it keeps its snapshots and gets no new ones.",
  },
};

/** What site and host have each on its own. */
export const PING_WORDS: Record<string, Words & { readonly fallback: string | boolean | null }> = {
  pingUrl: {
    ...{ label: "Ping", kind: "text", host: "--ping-url", site: "--ping-url", fallback: null },
    help: "Address of a dead man's switch, such as Healthchecks: it raises the alarm when nothing is heard. Only its server is shown.",
  },
  pingAllowPrivate: {
    ...{ label: "Ping within the own network", kind: "switch", fallback: false },
    ...{ host: "--ping-allow-private", site: "--ping-allow-private" },
    help: "For a service of your own; otherwise no ping goes to an address of this server's own network.",
  },
};
