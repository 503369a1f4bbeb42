// How a host is reached and backed up, as a snapshot keeps it, so that hosts can be made anew from the disk alone.
import { type Host, type HostKey, parseHostKey, parseTransport } from "./host.ts";
import { parseAddress } from "./host-address.ts";
import { Problem } from "./problem.ts";
import { isSettingName, parseLayer } from "./settings.ts";

export type HostConfiguration = Pick<Host, "address" | "transport" | "enabled" | "settings" | "hostKeys">;

export const configurationOf = ({ address, transport, enabled, settings, hostKeys }: Host) =>
  ({ address, transport, enabled, settings, hostKeys }) satisfies HostConfiguration;

/** Reads what a snapshot.json says; null when it says nothing, or something that no host can be. */
export function parseConfiguration(value: unknown): HostConfiguration | null {
  if (typeof value !== "object" || value === null) return null;
  const { address, transport, enabled, settings, hostKeys } = value as Record<string, unknown>;
  // What a newer version knows beyond this one is left out: the rest of the host is worth having.
  const known = Object.entries(settings ?? {}).filter(([name]) => isSettingName(name));
  try {
    return {
      address: parseAddress(address),
      transport: parseTransport(transport),
      enabled: enabled === true,
      settings: parseLayer(Object.fromEntries(known)),
      hostKeys: Array.isArray(hostKeys) ? hostKeys.flatMap(hostKey) : [],
    };
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

function hostKey(value: unknown): HostKey[] {
  const { type, key } = (value ?? {}) as Record<string, unknown>;
  const found = typeof type === "string" && typeof key === "string" ? parseHostKey(`${type} ${key}`) : null;
  return found === null ? [] : [found];
}
