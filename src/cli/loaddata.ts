// pobsync loaddata: an empty database becomes what a dump says.
import { loadData } from "../actions/load-data.ts";
import type { LoadedJson } from "../contract/types.ts";
import { countText } from "../domain/count-text.ts";
import { type CommandContext, type DefineCommand, helpEnd } from "./command.ts";
import { rowsTable, sumOf } from "./dump-text.ts";
import type { Output } from "./output.ts";

export const define: DefineCommand = (command, context) => {
  command
    .argument("<file>", "what dumpdata wrote; - for stdin")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync loaddata /root/pobsync.dump", "ssh old-server pobsync dumpdata | pobsync loaddata -"],
        "0 done, 2 refused: the dump is damaged, newer, or does not fit, or the database is not empty, 6 the database cannot be used",
      )}\n\nThe database is the one of POBSYNC_DATABASE_URL. It must be empty; when it has no tables yet they are made, as by\npobsync migrate. All of the dump is loaded or nothing. The dump holds hashes of passwords and secrets of authenticator apps.`,
    )
    .action((file: string) => load(context, file));
};

async function load({ databaseUrl, output, stop }: CommandContext, file: string): Promise<void> {
  const progress = progressLine(output);
  let loaded: LoadedJson;
  try {
    loaded = await loadData(databaseUrl(), file, { stop, onRows: progress.show });
  } finally {
    progress.clear();
  }
  output.result(
    loaded,
    () =>
      `${rowsTable(output, loaded.rows)}\n\n${sumOf(loaded.rows)} are in ${loaded.database}. Next: pobsync doctor`,
  );
}

const BETWEEN_MS = 200;

/** A line on a terminal that says how far it is; nothing elsewhere. */
function progressLine({ animated, stderr }: Output) {
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show: (rows: number): void => {
      const now = performance.now();
      if (!animated || now - shownAt < BETWEEN_MS) return;
      shownAt = now;
      stderr.write(`\r${countText(rows, "row")} …`);
    },
    clear: (): void => {
      if (shownAt > 0) stderr.write("\r\u001b[K");
    },
  };
}
