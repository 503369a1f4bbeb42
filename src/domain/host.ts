// Hosts: the machines we pull from, and the keys by which we know them.
import { badInput } from "./problem.ts";
import type { SettingsLayer } from "./settings.ts";

export const TRANSPORTS = ["ssh", "local"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A public SSH key that the host must show. `key` is the base64 blob of an OpenSSH public key. */
export interface HostKey {
  readonly type: string;
  readonly key: string;
}

/** A machine that is backed up. Its name is its identity and never changes; everything else may. */
export interface Host {
  readonly id: number;
  readonly name: string;
  /** The backup server that keeps it, among several on one database. */
  readonly node: string;
  readonly address: string;
  readonly transport: Transport;
  readonly enabled: boolean;
  /** Words that people put on it, in order. */
  readonly tags: readonly string[];
  /** Empty until the first contact, or until a person has accepted one. */
  readonly hostKeys: readonly HostKey[];
  readonly settings: SettingsLayer;
  readonly createdAt: Date;
  /** The last time that a person said that nothing stands in the way of pruning; null when nobody did. */
  readonly trust: Trust | null;
}

/** A person's word that clock and sizes are as they should be. */
export interface Trust {
  readonly at: Date;
  /** The newest snapshot that was there then. */
  readonly snapshotId: number;
}

export function parseTransport(given: unknown): Transport {
  if (given === "ssh" || given === "local") return given;
  throw badInput("The transport", given, "must be ssh or local.");
}

/** A key as known_hosts and .pub files hold it: type and base64, whatever stands around them. */
export function parseHostKey(line: string): HostKey | null {
  const match = /(?:^|\s)((?:ssh|ecdsa|sk)-[a-z0-9@.-]+) ([A-Za-z0-9+/]{40,}={0,2})(?:\s|$)/.exec(line);
  return match === null ? null : { type: match[1] as string, key: match[2] as string };
}

/** Accepts a fingerprint as ssh prints it, with or without the `SHA256:` before it. */
export function parseFingerprint(given: unknown): string {
  const match = typeof given === "string" ? /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/.exec(given) : null;
  if (match === null)
    throw badInput("The fingerprint", given, "is not one; ssh prints them as SHA256: and 43 characters.");
  return `SHA256:${match[1]}`;
}
