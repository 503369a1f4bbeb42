// What the run of a preview has found, read from its result.
import type { RunJson } from "../../../src/contract/types.ts";

export interface Found {
  readonly created: number;
  readonly overwritten: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly bytes: number;
  readonly names: Readonly<Record<"created" | "overwritten" | "deleted", readonly string[]>>;
  readonly place: string;
  /** What a person has to agree to, in words; null when it does no harm. */
  readonly consent: string | null;
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

export function foundOf(result: RunJson["result"]): Found {
  const { preview, target, consent } = record(result);
  const { created, overwritten, deleted, unchanged, bytes, items } = record(preview);
  const { host, path } = record(target);
  const listed = record(items);
  const asked = record(consent);
  return {
    ...{ created: number(created), overwritten: number(overwritten), deleted: number(deleted) },
    ...{ unchanged: number(unchanged), bytes: number(bytes) },
    names: {
      created: names(listed.created),
      overwritten: names(listed.overwritten),
      deleted: names(listed.deleted),
    },
    place: `${typeof host === "string" ? `${host}:` : ""}${typeof path === "string" ? path : ""}`,
    consent:
      consent == null ? null : typeof asked.message === "string" ? asked.message : "It changes what exists.",
  };
}
