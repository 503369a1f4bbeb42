// pobsync cat: the bytes of a file as it was in a snapshot.
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readStoredFile } from "../actions/read-stored-file.ts";
import { requireHostPath } from "../domain/host-path.ts";
import { Problem } from "../domain/problem.ts";
import { isWholeName, LATEST } from "../domain/snapshot-choice.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { SNAPSHOT_HELP, snapshotWords } from "./page-options.ts";

export const define: DefineCommand = (command, { app, output, stop }) => {
  command
    .argument("<host:path>", "an absolute path of the host")
    .option("--snapshot <snapshot>", SNAPSHOT_HELP, LATEST)
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync cat web1:/etc/hosts",
          "pobsync cat web1:/etc/nginx/nginx.conf --snapshot 2026-11-23 > nginx.conf",
        ],
        "0 done, 1 the disk is not mounted or fails, 2 refused input, or it is no regular file, 5 no such host, snapshot or file, 6 not set up",
      )}\n\nInto a file or another program go the bytes as they are. On a terminal control characters are shown as \\xHH, because\na file may hold some that drive the terminal.`,
    )
    .action(async (given: string, options: { snapshot: string }) => {
      if (output.json)
        throw new Problem("bad_input", "cat prints the bytes of a file, which are no JSON document.", {
          hint: "Leave out --json. What is known of a file: pobsync --json ls HOST:PATH",
        });
      const place = requireHostPath(given);
      const { snapshot, content, problemOf } = await readStoredFile(await app(), place, options.snapshot);
      if (options.snapshot !== LATEST && !isWholeName(options.snapshot))
        output.note(snapshotWords(output, snapshot));
      const shown = output.stdout.isTTY === true ? [content, printableText()] : [content];
      try {
        await pipeline([...shown, output.stdout], { end: false, signal: stop });
      } catch (error) {
        if (stop.aborted) throw stop.reason;
        // Whoever reads may have seen enough (pobsync cat … | head); of a full disk, the program tells in the end.
        if ((error as NodeJS.ErrnoException).syscall !== "write") throw problemOf(error);
      }
    });
};

/** Text of which a terminal shows everything and obeys nothing but line ends and tabs. */
function printableText(): Transform {
  const decoder = new TextDecoder();
  const printable = (text: string): string =>
    text.replace(/[^\n\t\P{C}]|[\p{Zl}\p{Zp}]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
    });
  return new Transform({
    transform: (chunk: Buffer, _, done) => done(null, printable(decoder.decode(chunk, { stream: true }))),
    flush: (done) => done(null, printable(decoder.decode())),
  });
}
