// pobsync healthcheck: whether parts of pobsync on this machine are alive, for whatever supervises them.
import { hostname } from "node:os";
import { awaitParts, isPart, PARTS, type Part } from "../actions/look-at-parts.ts";
import { badInput } from "../domain/problem.ts";
import { parseDuration } from "../domain/quantity.ts";
import { healthcheckJson } from "../shapes/check-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import { listenFrom } from "./serve.ts";

interface Options {
  readonly host?: string;
  readonly port?: string;
  readonly wait?: string;
}

const HOUR = 3600;

export const define: DefineCommand = (command, { app, listen, output, exit, stop }) => {
  command
    .argument("<part...>", PARTS.join(", "))
    .option("--host <address>", "where the console listens (default: POBSYNC_LISTEN, or 127.0.0.1)")
    .option("--port <n>", "on which port (default: POBSYNC_LISTEN, or 8000)")
    .option("--wait <duration>", "give them so long to come up, such as 30s")
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync healthcheck web", "pobsync healthcheck scheduler worker --wait 30s"],
        "0 all of them are alive, 1 one is not, 2 refused input, 6 not set up",
      ),
    )
    .action(async (names: string[], { host, port, wait }: Options) => {
      const parts = names.map(partFrom);
      const address = { ...listen(), ...listenFrom(host, port) };
      const seconds = wait === undefined ? 0 : parseDuration("--wait", wait, 1, HOUR);
      const findings = await awaitParts(app, parts, { machine: hostname(), ...address }, seconds, stop);
      const dead = findings.flatMap(({ problem }) => problem ?? []);
      output.result(healthcheckJson(findings), () =>
        findings
          .map(({ part, problem }) =>
            problem === null
              ? `${output.style("green", "✓")} ${part}: alive`
              : `${output.style("red", "✗")} ${part}`,
          )
          .join("\n"),
      );
      for (const problem of dead) output.problem(problem);
      if (dead.length > 0) exit(1);
    });
};

function partFrom(text: string): Part {
  if (isPart(text)) return text;
  throw badInput("The part", text, `is none of ${PARTS.join(", ")}.`);
}
