// The command that checks what a drill has restored: a program of this server, without a shell, in the folder of the files.
import type { DrillCommand } from "../domain/drill.ts";
import { hookWords } from "../domain/hook.ts";
import { runProgramWithin } from "../system/program.ts";
import type { RunLog } from "../system/run-log.ts";
import { printableLines } from "../system/ssh-failure.ts";

/** Runs it. What it says is written to the log as it comes. */
export async function checkWithCommand(
  command: string,
  folder: string,
  timeoutSeconds: number,
  stop: AbortSignal,
  log: RunLog,
): Promise<DrillCommand> {
  const say = (text: string): void => {
    const lines = printableLines(text).trimEnd();
    if (lines !== "") void log.writeImportant(Buffer.from(`${lines}\n`));
  };
  const { code, timedOut, startError } = await runProgramWithin(timeoutSeconds * 1000, hookWords(command), {
    ...{ cwd: folder, stop },
    onOutput: (chunk) => say(chunk.toString("utf8")),
    onErrorLine: (line) => say(Buffer.from(line, "latin1").toString("utf8")),
  });
  stop.throwIfAborted();
  if (startError !== null) say(startError.message);
  return { command, exitCode: timedOut ? null : code, timedOut };
}
