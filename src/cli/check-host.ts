// pobsync check-host: the probe, step by step.
import { acceptHostKey, type CheckStep, checkHost } from "../actions/check-host.ts";
import { PROBLEMS } from "../domain/problem-catalogue.ts";
import { checkFacts, checkJson } from "../shapes/check-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";

export const define: DefineCommand = (command, { app, output, stop, exit }) => {
  command
    .argument("<host>", "name of the host")
    .option(
      "--accept-host-key <fingerprint>",
      "pin the key that the host shows now, if this is its fingerprint",
    )
    .addHelpText(
      "after",
      helpEnd(
        ["pobsync check-host web1", "pobsync check-host web1 --accept-host-key SHA256:…"],
        "0 all is well, 1 something failed, 2 refused input, 5 no such host, 6 not set up",
      ),
    )
    .action(async (name: string, options: { acceptHostKey?: string }) => {
      const opened = await app();
      if (options.acceptHostKey !== undefined) {
        const fingerprint = await acceptHostKey(opened, name, options.acceptHostKey);
        output.note(`The host key ${fingerprint} of ${name} is pinned.`);
      }
      const steps = await checkHost(opened, name, stop);
      const failed = steps.find((step) => step.problem !== null)?.problem ?? null;
      output.result(checkJson(name, steps), () => steps.map((step) => stepText(output, step)).join("\n"));
      for (const { problem } of steps) if (problem !== null) output.problem(checkFacts(name, problem));
      if (failed !== null) exit(PROBLEMS[failed.code].exitCode);
    });
};

export function stepText(output: Output, { step, status, found }: CheckStep): string {
  switch (status) {
    case "ok":
      return `${output.style("green", "✓")} ${step}: ${found}`;
    case "failed":
      return `${output.style("red", "✗")} ${step}: failed`;
    case "skipped":
      return `${output.style("dim", "–")} ${step}: not tried`;
    default:
      return status satisfies never;
  }
}
