// What every action needs, built once in main and passed on.
import type { Actor } from "../domain/audit.ts";
import type { Database } from "../store/database.ts";
import type { Clock } from "../system/clock.ts";

export interface App {
  /** The backup server that this process belongs to, among several on one database. */
  readonly node: string;
  readonly db: Database;
  readonly clock: Clock;
  /** The version of this program, written into every snapshot. */
  readonly version: string;
  /** Random bytes as hexadecimal digits. */
  readonly randomHex: (bytes: number) => string;
  /** How long a process that says nothing keeps its runs. */
  readonly leaseSeconds: number;
  /** The program that reads contents and tells their checksums, with its arguments. */
  readonly hasher: readonly string[];
  /** The file with the key under which secrets in the database are sealed; made when it is first needed. */
  readonly secretKeyFile: string;
  /** Where people reach the console; null or left out: nobody has said it. */
  readonly publicUrl?: string | null;
  /** Who asks, for the history; null when it is not known. */
  readonly requestedBy: string | null;
  /** On whose behalf it acts, for the audit. */
  readonly actor: Actor;
}
