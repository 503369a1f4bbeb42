// Reading a file out of a snapshot, from the disk itself: no catalog is needed for it.
import type { Readable } from "node:stream";
import { bytesBelowRoot, type HostPath } from "../domain/host-path.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { openStoredIn } from "../system/decoded-place.ts";
import type { App } from "./app.ts";
import { locatePath } from "./place-on-disk.ts";

export interface StoredFile {
  readonly snapshot: Snapshot;
  readonly size: number;
  /** To be read to its end, or destroyed. */
  readonly content: Readable;
  /** What an error of reading it means; one of anything else is left as it is. */
  readonly problemOf: (error: unknown) => unknown;
}

/**
 * Opens a regular file of a snapshot.
 *
 * Refuses with `not_found`, with `bad_input` what is no regular file, with `snapshots_missing` when the snapshot is not on
 * disk, with `content_unreadable` when the disk does not give it.
 */
export async function readStoredFile(app: App, place: HostPath, snapshotGiven: string): Promise<StoredFile> {
  const { snapshot, tree, path, problemOf, refusal } = await locatePath(app, place, snapshotGiven);
  const kept = { tree, fakeSuper: snapshot.fakeSuper };
  const found = await openStoredIn(kept, Buffer.from(bytesBelowRoot(path))).catch((error: unknown) => {
    throw problemOf(error);
  });
  if (found.kind !== "file") throw refusal(found);
  return { snapshot, size: found.size, content: found.content, problemOf };
}
