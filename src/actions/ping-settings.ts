// Setting where pings go. The address is sealed before it is stored, because whoever knows it can ping in our name.
import { parsePingUrl, type ShownPing, shownPingUrl } from "../domain/ping.ts";
import { badInput, Problem } from "../domain/problem.ts";
import { deletePing, findPing, type PingFacts, type StoredPing, savePing } from "../store/pings.ts";
import { seal, unseal } from "../system/sealing.ts";
import type { App } from "./app.ts";

/** What was typed; what is left out stays as it is. */
export interface PingChanges {
  /** Null, or `off`: none. What is shown of the address stands for the address itself. */
  readonly pingUrl?: unknown;
  /** Whether it may be of this server's own network. */
  readonly pingAllowPrivate?: unknown;
}

const about = (host: string | null): string => (host === null ? "ping of the site" : `ping of host ${host}`);

/** Whose pings: of the site where `host` is null. A host that is only made has no number yet. */
export interface Pinged {
  readonly host: string | null;
  readonly hostId: number | null;
}
const SITE: Pinged = { host: null, hostId: null };

/** A change that was checked. */
export interface PlannedPing {
  readonly before: ShownPing | null;
  readonly after: ShownPing | null;
  readonly isOther: boolean;
  /** Seals what is to be stored, and returns what writes it in a transaction, whose app and host it is told. */
  readonly sealed: () => Promise<(tx: App, hostId: number | null) => Promise<void>>;
}

/** Checks a change and writes nothing. Refuses with `bad_input`, never repeating the address. */
export async function plannedPing(
  app: App,
  { pingUrl, pingAllowPrivate }: PingChanges,
  { host, hostId }: Pinged = SITE,
): Promise<PlannedPing> {
  const isNew = host !== null && hostId === null;
  const before = isNew ? null : await findPing(app.db, hostId);
  const isKept = pingUrl === undefined || (before !== null && pingUrl === before.url);
  const url = isKept ? null : parsePingUrl(pingUrl);
  const allowPrivate = switchFrom(pingAllowPrivate) ?? before?.allowPrivate ?? false;
  const isThere = isKept ? before !== null : url !== null;
  if (!isThere && switchFrom(pingAllowPrivate) === true)
    throw new Problem(
      "bad_input",
      "There is no address for pings that could be of this server's own network.",
      {
        hint: "Give it together with one: --ping-url URL --ping-allow-private",
      },
    );
  const shown = url === null ? (isKept ? (before?.url ?? null) : null) : shownPingUrl(url);
  const after = shown === null ? null : { url: shown, allowPrivate, broken: null };
  return {
    ...{ before, after },
    isOther: url !== null && before !== null,
    sealed: async () => {
      const sealedUrl = url === null ? before?.sealedUrl : await seal(app.secretKeyFile, about(host), url);
      return async (tx, id) => {
        if (isKept && allowPrivate === (before?.allowPrivate ?? false)) return;
        if (after === null) return deletePing(tx.db, id);
        if (sealedUrl === undefined) return;
        const facts: PingFacts = { hostId: id, url: after.url, allowPrivate, sealedUrl };
        await savePing(tx.db, facts, tx.clock());
      };
    },
  };
}

function switchFrom(given: unknown): boolean | undefined {
  if (given === undefined || typeof given === "boolean") return given;
  if (given === null) return false;
  throw badInput("--ping-allow-private", given, "is neither true nor false.");
}

/** For the audit: where it leads, and that it became another one. */
export const auditedPing = ({ before, after, isOther }: PlannedPing) => {
  const plain = (ping: ShownPing | null, mark: string) =>
    ping === null ? {} : { pingUrl: `${ping.url}${mark}`, pingAllowPrivate: ping.allowPrivate };
  return { before: plain(before, ""), after: plain(after, isOther ? " (another)" : "") };
};

/** What may be shown of where pings go; null: nowhere. */
export const shownPing = async (app: App, hostId: number | null): Promise<ShownPing | null> => {
  const found = await findPing(app.db, hostId);
  return found === null ? null : { url: found.url, allowPrivate: found.allowPrivate, broken: found.broken };
};

/** The address itself, or why it cannot be read. */
export async function openPingUrl(
  app: App,
  { host, sealedUrl }: StoredPing,
): Promise<{ readonly url: string } | { readonly why: string }> {
  const found = await unseal(app.secretKeyFile, about(host), sealedUrl);
  return "text" in found
    ? { url: found.text }
    : { why: "the address cannot be opened with this server's secret key, so give it anew" };
}
