// Flushing the backup disk before anything on it gets its final name.
import type { Writable } from "node:stream";
import { Problem } from "../domain/problem.ts";
import { type RunningProgram, runProgram, startProgram } from "./program.ts";

/**
 * Flushes a whole file system.
 *
 * Without it before the rename, a power cut left a "finished" snapshot of 3,000 empty files; with it, none.
 * rsync's own --fsync would cost 6.7 times the time.
 */
export async function syncFileSystem(path: string): Promise<void> {
  const { code, stderr } = await runProgram(["sync", "-f", "--", path]);
  if (code !== 0)
    throw new Problem("server_write_failed", "The backup disk could not be flushed.", {
      detail: stderr.trim(),
    });
}

/** A disk takes this much in a second or two, so the flush at the end is never far behind. */
const FLUSH_EVERY_BYTES = 32 * 1024 * 1024;

/** Flushes each time it reads a line, and answers with one. The text is constant; the path is passed as a word. */
const FLUSHER = 'while read -r _; do sync -f -- "$1"; echo; done';

export interface FlushOnTheWay {
  /** Hears the number of bytes so far. */
  readonly onBytes: (bytesSoFar: number) => void;
  readonly end: () => void;
}

/**
 * Flushes while a transfer goes on, each time so many bytes have come, so that the flush at its end is short.
 *
 * One flush runs at a time; a failed one is left to the last one, which says so. They share one helper program, which begins with the
 * first of them: each start of a program makes the kernel copy the tables of all our memory, and then us wait for every page
 * that we write to.
 */
export function flushOnTheWay(path: string): FlushOnTheWay {
  let flushedAt = 0;
  let isFlushing = false;
  let orders: Writable | null = null;
  let helper: RunningProgram | null = null;
  const begin = (): void => {
    helper = startProgram(["/bin/sh", "-c", FLUSHER, "pobsync-flusher", path], {
      takeInput: (input) => {
        orders = input;
      },
      onOutput: () => {
        isFlushing = false;
      },
    });
  };
  return {
    onBytes: (bytesSoFar) => {
      if (isFlushing || bytesSoFar - flushedAt < FLUSH_EVERY_BYTES) return;
      flushedAt = bytesSoFar;
      isFlushing = true;
      if (helper === null) begin();
      orders?.write("\n");
    },
    end: () => helper?.kill(),
  };
}
