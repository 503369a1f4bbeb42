// pobsync doctor: what is wrong with this installation, and the command that repairs it.
import { diagnose, type Finding } from "../actions/diagnose.ts";
import { PROBLEMS } from "../domain/problem-catalogue.ts";
import { doctorJson } from "../shapes/check-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";

export const define: DefineCommand = (command, { app, output, exit }) => {
  command
    .addHelpText("after", helpEnd(["pobsync doctor"], "0 all is well, 1 something is wrong, 6 not set up"))
    .action(async () => {
      const findings = await diagnose(app);
      const failed = findings.find((finding) => finding.problem !== null)?.problem ?? null;
      output.result(doctorJson(findings), () =>
        findings.map((finding) => findingText(output, finding)).join("\n"),
      );
      for (const { problem } of findings) if (problem !== null) output.problem(problem);
      if (failed !== null) exit(PROBLEMS[failed.code].exitCode);
    });
};

function findingText(output: Output, { what, found, advice, problem }: Finding): string {
  if (problem !== null) return `${output.style("red", "✗")} ${what}`;
  if (advice === null) return `${output.style("green", "✓")} ${what}: ${found}`;
  return `${output.style("yellow", "!")} ${what}: ${found}\n  ${output.style("cyan", "→")} ${advice}`;
}
