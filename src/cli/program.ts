// The program: finds the command, loads just that one, runs it, and turns what went wrong into an exit code.
import { setImmediate } from "node:timers/promises";
import { getSystemErrorMessage } from "node:util";
import { Command, CommanderError } from "commander";
import { asProblem, factsOf, Problem, printable } from "../domain/problem.ts";
import { PROBLEMS } from "../domain/problem-catalogue.ts";
import type { CommandContext } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { type LogFormat, logFormatFrom } from "./log-line.ts";
import { translated } from "./manage.ts";
import { makeOutput, type Output, type Streams } from "./output.ts";

export interface ProgramInput {
  readonly argv: readonly string[];
  readonly version: string;
  readonly streams: Streams;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: () => Date;
  readonly context: (output: Output) => Omit<CommandContext, "output" | "exit">;
}

const USAGE_ERROR = 2;

/** Options that every command understands, before its name and after it. */
function takeGlobalOptions(argv: readonly string[]) {
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  const has = (option: string): boolean => words.includes(option);
  const formatAt = words.findLastIndex((word) => word === FORMAT || word.startsWith(`${FORMAT}=`));
  const format = words[formatAt];
  const value = format === FORMAT ? (words[formatAt + 1] ?? "") : format?.slice(FORMAT.length + 1);
  const rest = words.filter(
    (word, index) =>
      !["--json", "--quiet", "-q", "--no-color", FORMAT].includes(word) &&
      !word.startsWith(`${FORMAT}=`) &&
      words[index - 1] !== FORMAT,
  );
  return {
    options: {
      json: has("--json"),
      quiet: has("--quiet") || has("-q"),
      color: has("--no-color") ? false : undefined,
    },
    logFormat: value,
    rest: [...rest, ...(end < 0 ? [] : argv.slice(end))],
  };
}

const FORMAT = "--log-format";

/** What went wrong with the log itself is said in words. */
function formatOrProblem(option: string | undefined, env: NodeJS.ProcessEnv): LogFormat | Problem {
  try {
    return logFormatFrom(option, env);
  } catch (error) {
    return asProblem(error);
  }
}

/** Runs one command line and returns its exit code. */
export async function runProgram(input: ProgramInput): Promise<number> {
  const { options, logFormat, rest: words } = takeGlobalOptions(input.argv);
  const format = formatOrProblem(logFormat, input.env);
  const how = { ...options, logFormat: format instanceof Problem ? ("text" as const) : format };
  const output = makeOutput(how, input.streams, input.env, input.clock);
  const losses = watchLosses(input.streams.stdout);
  let exitCode = 0;
  const root = rootCommand(input);
  try {
    if (format instanceof Problem) throw format;
    const rest = translated(words);
    const entry = COMMANDS.find(
      (command) => command.name === rest[0] || (rest[0] === "help" && command.name === rest[1]),
    );
    // All of them only for the list, and for "did you mean": making them takes a tenth of a short command's time.
    for (const { name, summary } of entry === undefined ? COMMANDS : [entry]) {
      const command = root
        .command(name)
        .summary(summary)
        .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
      if (name !== entry?.name) continue;
      const { define } = await entry.load();
      define(command, {
        ...input.context(output),
        output,
        exit: (code) => {
          exitCode = code;
        },
      });
    }
    if (rest.length === 0) root.help({ error: false });
    await root.parseAsync([...rest], { from: "user" });
    const lost = await losses();
    if (lost === null) return exitCode;
    output.problem(factsOf(lost));
    return exitCode === 0 ? PROBLEMS[lost.code].exitCode : exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return commanderExit(error, output);
    const problem = asProblem(error);
    output.problem(factsOf(problem));
    if (output.json) output.result({ problem: factsOf(problem) }, () => "");
    return PROBLEMS[problem.code].exitCode;
  }
}

/**
 * Tells, once everything is printed, what kept it from arriving. Whoever read may have seen enough, and a terminal may have gone:
 * that is no problem.
 */
function watchLosses(stdout: NodeJS.WriteStream): () => Promise<Problem | null> {
  let first: NodeJS.ErrnoException | null = null;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    first ??= error;
  });
  return async () => {
    // The stream tells of an error a moment after it was given what it could not write.
    await setImmediate();
    if (first === null || first.code === "EPIPE" || stdout.isTTY === true) return null;
    const { errno, message } = first;
    const why = errno === undefined ? message : getSystemErrorMessage(errno);
    return new Problem("output_lost", `What was printed could not be written: ${why}.`);
  };
}

function rootCommand({ version, streams }: ProgramInput): Command {
  const root = new Command("pobsync")
    .description("Backups that pull: rsync over SSH into plain folders that share unchanged files.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
      outputError: () => {},
    })
    .configureHelp({ showGlobalOptions: false });
  root
    .option("--json", "print one JSON document")
    .option("-q, --quiet", "print only problems")
    .option("--no-color", "no colours")
    .option("--log-format <text|json>", "one JSON object a line in place of text on stderr");
  root.addHelpText(
    "after",
    `
First steps:
  $ pobsync migrate
  $ pobsync configure-global --backup-root /mnt/backups/pobsync
  $ pobsync configure-host web1 --address web1.example.org --source /etc --source /srv
  $ pobsync backup web1
  $ pobsync schedule web1 --cron "15 2 * * *"
  $ pobsync up

Exit codes: 0 done, 1 failed, 2 wrong usage or refused input, 3 done with warnings, 4 busy,
            5 no such host, snapshot or run, 6 not set up, 130 interrupted.`,
  );
  return root;
}

function commanderExit(error: CommanderError, output: Output): number {
  if (error.exitCode === 0) return 0;
  const message = printable(error.message.replace(/^error: /, "").replaceAll("\n", " "));
  const text = `${message[0]?.toUpperCase() ?? ""}${message.slice(1)}`;
  const problem = new Problem(
    "bad_input",
    text.endsWith(".") || text.endsWith(")") || text.endsWith("?)") ? text : `${text}.`,
    {
      hint: "pobsync --help lists the commands, pobsync COMMAND --help what each understands.",
    },
  );
  if (error.code !== "commander.help") output.problem(factsOf(problem));
  if (output.json) output.result({ problem: factsOf(problem) }, () => "");
  return USAGE_ERROR;
}
