// Entries: what a snapshot holds at one path. Names are bytes; text is made of them only for people.

/** Regular file, folder, symbolic link, block and character device, pipe, socket: letters as find has them. */
export const ENTRY_TYPES = ["f", "d", "l", "b", "c", "p", "s"] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

/** A digest of a file's content. `xxh128`: as the sending host computed it and rsync verified it. */
export interface Checksum {
  readonly algorithm: "xxh128";
  readonly value: Uint8Array;
}

/** What an entry is, apart from its path. */
export interface EntryFacts {
  readonly type: EntryType;
  /** Bytes, apparent. */
  readonly size: number;
  /** Whole seconds, and the nanoseconds after them. */
  readonly mtimeSeconds: number;
  readonly mtimeNanoseconds: number;
  /** Permission bits with set-uid, set-gid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Where a symbolic link points. */
  readonly target: Uint8Array | null;
  /** Room on the disk, in units of 512 bytes: less than the size where there are holes. */
  readonly blocks: number;
  /** Of the stored file; snapshots that share it show the same. Null for folders, which are never shared. */
  readonly inode: number | null;
}
