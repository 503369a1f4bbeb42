// pobsync metrics: what /metrics says, on the command line.
import { metricsReader } from "../actions/read-metrics.ts";
import { writeMetrics } from "../actions/write-metrics.ts";
import type { MetricsJson } from "../contract/types.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { sizeText } from "./words.ts";

export const define: DefineCommand = (command, { app, output, stop }) => {
  command
    .option("--output <file>", "write into this file, which everybody may read, instead of stdout")
    .addHelpText(
      "after",
      `${helpEnd(
        ["pobsync metrics", "pobsync metrics --output /var/lib/prometheus/node-exporter/pobsync.prom"],
        "0 done, 1 the file could not be written, 2 refused input, 6 the database cannot be used",
      )}\n\nThe file is replaced in one step, so that the textfile collector of node_exporter never reads half of it. Where\nPrometheus can reach the console, let it scrape /metrics with a token instead: docs/metrics.md.`,
    )
    .action(async ({ output: file }: { output?: string }) => {
      const text = await metricsReader(await app())();
      const told: MetricsJson =
        file === undefined
          ? { text, file: null, bytes: Buffer.byteLength(text) }
          : { text: null, file, bytes: await writeMetrics(file, text, stop) };
      output.result(told, () =>
        file === undefined ? text.trimEnd() : `The metrics, ${sizeText(told.bytes)}, are in ${file}.`,
      );
    });
};
