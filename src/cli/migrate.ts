// pobsync migrate: create the database or bring it up to date.
import { migrateDatabase } from "../actions/migrate-database.ts";
import type { MigrationJson } from "../contract/types.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

export const define: DefineCommand = (command, { databaseUrl, output }) => {
  command
    .addHelpText(
      "after",
      helpEnd(["pobsync migrate"], "0 done, 6 the database cannot be used or is newer than this program"),
    )
    .action(async () => {
      const { applied, where } = await migrateDatabase(databaseUrl());
      const json: MigrationJson = { applied, database: where };
      output.result(json, () =>
        applied.length === 0
          ? `The database is up to date (${where}).`
          : `The database is ready (${where}): ${applied.join(", ")}.`,
      );
    });
};
