// pobsync serve: the console, for one who runs scheduler and workers as services of their own.
import { once } from "node:events";
import { parseCount } from "../domain/quantity.ts";
import { type DefineCommand, helpEnd, type Serving } from "./command.ts";
import type { Output } from "./output.ts";

interface Options {
  readonly host?: string;
  readonly port?: string;
}

const PORT_MAX = 65_535;

export const define: DefineCommand = (command, { output, serve, stop }) => {
  command
    .option("--host <address>", "where to listen (default: POBSYNC_LISTEN, or 127.0.0.1)")
    .option("--port <n>", "on which port (default: POBSYNC_LISTEN, or 8000)")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync serve", "pobsync serve --host 0.0.0.0 --port 8010"],
        "0 stopped by a signal, 2 refused input, 6 not set up or no such address to listen on",
      ),
    )
    .action(async ({ host, port }: Options) => {
      const serving = await serve({ ...listenFrom(host, port), log: output.problem });
      tellServing(output, serving);
      if (!stop.aborted) await once(stop, "abort");
      await serving.close();
      output.ended({ served: serving.url }, () => "Stopped.");
    });
};

/** 0 is any port that is free. */
export const listenFrom = (host: string | undefined, port: string | undefined) => ({
  ...(host === undefined ? {} : { host }),
  ...(port === undefined ? {} : { port: parseCount("--port", port, 0, PORT_MAX) }),
});

/** Where the console is, and what makes the first account. */
export function tellServing(output: Output, { url, setupCode }: Serving): void {
  output.note(`The console is at ${output.style("bold", url)}. Ctrl-C ends it in good order.`);
  // A log is kept, and read by others: whoever reads the code there could make the first account.
  if (setupCode !== null && output.isLog)
    output.note("There is no account yet. Make the first one here: pobsync createsuperuser --username NAME");
  else if (setupCode !== null)
    output.note(
      `There is no account yet. Make the first one at ${url}setup with this code: ${output.style("bold", setupCode)}\nOr here: pobsync createsuperuser --username NAME`,
    );
}
