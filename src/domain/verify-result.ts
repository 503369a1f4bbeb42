// What a verification came to.

/** What became of a stored file that was to be mended. */
export interface Mending {
  /** From where its content came: another stored file of this server, or the host. Null: it is as it was. */
  readonly repaired: "copy" | "host" | null;
  /** Why it could not be repaired, as a sentence without its full stop. Null when it was, or when nobody asked for it. */
  readonly whyNot: string | null;
}

/** A stored file whose content is not what the host had. Paths are text. */
export interface DamagedFile extends Mending {
  readonly host: string;
  readonly path: string;
  /** Every snapshot that shows it, oldest first. */
  readonly snapshots: readonly string[];
  readonly expected: string;
  /** The same as expected when only its time or mode is not right by now, as after a repair that was interrupted. */
  readonly found: string;
  /** Where the same content still is as it was; null when no other stored file has it. */
  readonly healthy: { readonly snapshot: string; readonly path: string } | null;
}

/** A stored file that the disk did not give back. `path` says in which snapshot. */
export interface UnreadableFile extends Mending {
  readonly path: string;
  readonly error: string;
}

export interface VerifyResult {
  /** Stored files that were read, each once. */
  readonly checked: number;
  readonly bytes: number;
  readonly damaged: readonly DamagedFile[];
  readonly unreadable: readonly UnreadableFile[];
}
