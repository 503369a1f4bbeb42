// pobsync export-configs: write the configuration in the predecessor's YAML.
import { resolve } from "node:path";
import { exportConfigs } from "../actions/export-configs.ts";
import { countText } from "../domain/count-text.ts";
import { exportJson } from "../shapes/legacy-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";

export const define: DefineCommand = (command, { app, output }) => {
  command
    .requiredOption("--prefix <folder>", "config/global.yaml and config/hosts/ are written below it")
    .option("--overwrite", "replace files that are there")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync export-configs --prefix /tmp/pobsync-yaml"],
        "0 written, 2 a file is there already, 6 not set up",
      )}\n\nTo look at, or to use once: the database stays what counts. What the format has no words for stands in the files as\nremarks. No passwords and no keys are in them. docs/legacy-yaml.md describes the format.`,
    )
    .action(async ({ prefix, overwrite }: { prefix: string; overwrite?: boolean }) => {
      const folder = resolve(prefix);
      const files = await exportConfigs(await app(), folder, overwrite === true);
      output.result(exportJson(folder, files), () => {
        const unsaid = files.filter((file) => file.unsaid.length > 0);
        return [
          `${countText(files.length, "file")} written below ${folder}/config.`,
          ...unsaid.map(({ file, unsaid: names }) => `! ${file}: no words for ${names.join(", ")}`),
        ].join("\n");
      });
    });
};
