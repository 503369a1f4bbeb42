// Asking for a secret at the keyboard, without showing what is typed.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Problem } from "../domain/problem.ts";

/** Where readline would repeat what is typed. */
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

/**
 * Asks one question after the other and returns the answers. What is typed ahead, or pasted, answers the next question.
 *
 * Refuses with `interrupted` when somebody ends it: Ctrl-C, Ctrl-D, a signal.
 */
export async function askSecrets(questions: readonly string[], stop: AbortSignal): Promise<string[]> {
  const { stdin, stderr } = process;
  const answers: string[] = [];
  const ask = (): void => void stderr.write(`${questions[answers.length]}: `);
  const keyboard = createInterface({ input: stdin, output: nowhere(), terminal: true, historySize: 0 });
  try {
    ask();
    await new Promise<void>((resolve, reject) => {
      const end = (): void => reject(new Problem("interrupted", "Nobody answered; nothing was changed."));
      keyboard.on("line", (line) => {
        stderr.write("\n");
        answers.push(line);
        if (answers.length < questions.length) ask();
        else resolve();
      });
      keyboard.once("SIGINT", end);
      keyboard.once("close", end);
      stop.addEventListener("abort", end, { once: true });
    });
    return answers.slice(0, questions.length);
  } finally {
    if (answers.length < questions.length) stderr.write("\n");
    keyboard.close();
  }
}
