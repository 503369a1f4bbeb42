// What a verification came to.

/** A stored file whose content is not what the host had. Paths are text. */
export interface DamagedFile {
  readonly host: string;
  readonly path: string;
  /** Every snapshot that shows it, oldest first. */
  readonly snapshots: readonly string[];
  readonly expected: string;
  readonly found: string;
  /** Where the same content still is as it was; null when no other stored file has it. */
  readonly healthy: { readonly snapshot: string; readonly path: string } | null;
}

export interface VerifyResult {
  /** Stored files that were read, each once. */
  readonly checked: number;
  readonly bytes: number;
  readonly damaged: readonly DamagedFile[];
  readonly unreadable: readonly { readonly path: string; readonly error: string }[];
}
