// pobsync dumpdata: all that lasts in the database, as lines of JSON.
import { pipeline } from "node:stream/promises";
import { dumpChunks, dumpToFile } from "../actions/dump-data.ts";
import type { DumpedJson } from "../contract/types.ts";
import { Problem } from "../domain/problem.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import { rowsTable, sumOf } from "./dump-text.ts";
import { sizeText } from "./words.ts";

interface Options {
  readonly output?: string;
  readonly overwrite?: true;
}

export const define: DefineCommand = (command, context) => {
  command
    .option("--output <file>", "write into this file, which only you may read, instead of stdout")
    .option("--overwrite", "replace the file when it is there already")
    .addHelpText(
      "after",
      `${helpEnd(
        [
          "pobsync dumpdata --output /root/pobsync.dump",
          "POBSYNC_DATABASE_URL=mariadb://… pobsync loaddata /root/pobsync.dump",
        ],
        "0 done, 1 it could not be written, 2 refused input, 6 the database cannot be used",
      )}\n\nThe dump holds hashes of passwords, secrets of authenticator apps and hashes of API tokens: keep it as you keep the\ndatabase. Sessions, workers and leases are left out. Others may go on working meanwhile: it shows one moment.\nThe snapshots themselves are on the backup disk and not in it.`,
    )
    .action((options: Options) =>
      options.output === undefined ? toStdout(context, options) : toFile(context, options.output, options),
    );
};

async function toFile({ app, output, stop }: CommandContext, file: string, options: Options): Promise<void> {
  const overwrite = options.overwrite === true;
  const written: DumpedJson = await dumpToFile(await app(), file, { overwrite, stop });
  output.result(
    written,
    () =>
      `${rowsTable(output, written.rows)}\n\n${sumOf(written.rows)}, ${sizeText(written.bytes)}, are in ${file}. It holds secrets: keep it as you keep the database.`,
  );
}

async function toStdout({ app, output, stop }: CommandContext, { overwrite }: Options): Promise<void> {
  if (overwrite === true)
    throw new Problem("bad_input", "--overwrite goes with --output FILE.", {
      hint: "Name the file, or leave --overwrite out.",
    });
  if (output.json)
    throw new Problem(
      "bad_input",
      "With --json dumpdata prints what it did, and stdout is taken by the dump.",
      {
        hint: "Name a file: pobsync --json dumpdata --output FILE. The dump is lines of JSON in any case.",
      },
    );
  if (output.stdout.isTTY === true)
    throw new Problem("bad_input", "The dump holds secrets, and a terminal is no place for them.", {
      hint: "Name a file: pobsync dumpdata --output FILE. Or send it on: pobsync dumpdata | …",
    });
  try {
    await pipeline(dumpChunks(await app()), output.stdout, { end: false, signal: stop });
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    // Of a full disk, and of whoever stopped reading, the program tells in the end.
    if ((error as NodeJS.ErrnoException).syscall !== "write") throw error;
  }
}
