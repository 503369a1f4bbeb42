// What a host has stored, each file once, and on which day it was read last.
import type { StoredWeight } from "../domain/proof.ts";
import type { Catalog } from "./catalog.ts";

const DAY_MS = 86_400_000;

/** One pass over the versions: about a second for a million of them. */
export function weighStored(catalog: Catalog): StoredWeight {
  const rows = catalog
    .prepare(
      `SELECT day, count(*) AS files, sum(size) AS bytes, sum(damaged) AS damaged FROM
         (SELECT max(size) AS size, max(verified) / ${DAY_MS} AS day, max(damage IS NOT NULL) AS damaged
          FROM versions WHERE type = 'f' GROUP BY coalesce(inode, -path))
       GROUP BY day ORDER BY day`,
    )
    .all() as { day: number | null; files: number; bytes: number; damaged: number }[];
  const sum = (of: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + of(row), 0);
  return {
    files: sum(({ files }) => files),
    bytes: sum(({ bytes }) => bytes),
    damaged: sum(({ damaged }) => damaged),
    reads: rows.flatMap(({ day, bytes }) => (day === null ? [] : [[Math.floor(day), bytes] as const])),
  };
}
