// Settings as they were sent: null is inherited again, what is left out stays as it is.
import type { HostChanges } from "../actions/configure-host.ts";
import type { SiteChanges } from "../actions/configure-site.ts";
import { isSettingName, parseLayer, type SettingName, type SettingsLayer } from "../domain/settings.ts";
import { SITE_DEFAULTS } from "../domain/site.ts";

type Sent = Readonly<Record<string, unknown>>;

/** Only settings that are inherited; everything else in what was sent is somebody else's. Refuses with `bad_input`. */
function layerFrom(sent: Sent): { settings: SettingsLayer; unset: SettingName[] } {
  const named = Object.entries(sent).filter(
    (entry): entry is [SettingName, unknown] => isSettingName(entry[0]) && entry[1] !== undefined,
  );
  return {
    settings: parseLayer(Object.fromEntries(named.filter(([, value]) => value !== null))),
    unset: named.filter(([, value]) => value === null).map(([name]) => name),
  };
}

/** Rules to be tried: null switches one off. */
export const rulesFrom = (sent: Sent): SettingsLayer => {
  const { settings, unset } = layerFrom(sent);
  const off = unset.filter((name) => name !== "timeZone").map((name) => [name, null] as const);
  return { ...settings, ...Object.fromEntries(off) };
};

interface SentHost {
  readonly address?: string | undefined;
  readonly transport?: string | undefined;
  readonly node?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Of pings, null is none. */
const pingsFrom = ({ pingUrl, pingAllowPrivate }: Sent) => ({
  ...(pingUrl === undefined ? {} : { pingUrl }),
  ...(pingAllowPrivate === undefined ? {} : { pingAllowPrivate }),
});

export function hostChangesFrom(sent: SentHost & Sent): HostChanges {
  const { address, transport, node, enabled, tags } = sent;
  return {
    ...layerFrom(sent),
    ...(address === undefined ? {} : { address }),
    ...(transport === undefined ? {} : { transport }),
    ...(node === undefined ? {} : { node }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(tags === undefined ? {} : { tags }),
    ...pingsFrom(sent),
  };
}

export function siteChangesFrom(sent: { readonly backupRoot?: string | undefined } & Sent): SiteChanges {
  const { backupRoot } = sent;
  const own = Object.entries(SITE_DEFAULTS).map(([name, usual]) => {
    const value = sent[name];
    return [name, value === null ? usual : value] as const;
  });
  return {
    ...layerFrom(sent),
    ...Object.fromEntries(own),
    ...pingsFrom(sent),
    ...(backupRoot === undefined ? {} : { backupRoot }),
  };
}
