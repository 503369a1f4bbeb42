// The database's own backup: each night a dump of it goes to the backup disk, so that this disk alone is enough.

import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { copyName, copyTime, isCopyDue } from "../domain/database-copies.ts";
import { asProblem, type Problem } from "../domain/problem.ts";
import { findSite } from "../store/site.ts";
import { dropOldCopies, listCopies, makeCopiesFolder } from "../system/database-copies.ts";
import { writeWholeFile } from "../system/whole-file.ts";
import type { App } from "./app.ts";
import { dumpChunks } from "./dump-data.ts";
import { rootHere } from "./host-context.ts";
import { whileDatabaseIsAway } from "./patience.ts";

const LOOK_EVERY_MS = 600_000;

export interface DatabaseCopies {
  /** Begins a copy when one is due, unless that is under way or was just looked at. Nobody waits for it. */
  readonly makeWhenDue: () => void;
  /** Waits for what is under way, or gives it up and leaves nothing of it. */
  readonly end: (givesUp: boolean) => Promise<void>;
}

/** What a worker does beside its runs. Of several workers more than one may make a copy: each has a name of its own. */
export function databaseCopies(app: App, onTrouble: (problem: Problem) => void): DatabaseCopies {
  const stop = new AbortController();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let work: Promise<void> | null = null;
  return {
    makeWhenDue: () => {
      if (work !== null || performance.now() - lookedAt < LOOK_EVERY_MS) return;
      work = copyWhenDue(app, stop.signal)
        // That the database is away is said by whoever works with it.
        .catch(whileDatabaseIsAway)
        .catch((error: unknown) => {
          if (!stop.signal.aborted) onTrouble(asProblem(error));
        })
        .then(() => {
          lookedAt = performance.now();
          work = null;
        });
    },
    end: async (givesUp) => {
      if (givesUp) stop.abort();
      await work;
    },
  };
}

/** Copies the database, when the newest copy is old enough and the backup disk is there. */
async function copyWhenDue(app: App, stop: AbortSignal): Promise<void> {
  const site = await findSite(app);
  if (site === null) return;
  const root = await rootHere(site).catch(() => null);
  // Its absence is said wherever it matters more.
  if (root === null) return;
  const [newest] = await listCopies(root);
  const now = app.clock();
  if (!isCopyDue(newest === undefined ? null : copyTime(newest), now, now.getHours())) return;
  const file = join(await makeCopiesFolder(root), copyName(now));
  const db = await app.db.openAnother();
  try {
    await writeWholeFile(file, zipped(dumpChunks({ db, version: app.version }), stop), {
      overwrite: true,
      stop,
    });
  } finally {
    await db.close();
  }
  await dropOldCopies(root);
}

async function* zipped(chunks: AsyncIterable<string>, stop: AbortSignal): AsyncGenerator<Buffer> {
  const gzip = createGzip();
  const piping = pipeline(Readable.from(chunks), gzip, { signal: stop });
  // What goes wrong there comes out of reading as well.
  piping.catch(() => {});
  yield* gzip as AsyncIterable<Buffer>;
  await piping;
}
