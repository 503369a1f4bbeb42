// What a command prints: text for people, or one JSON document. Results go to stdout, everything else to stderr.
import { styleText } from "node:util";
import { type ProblemFacts, printable } from "../domain/problem.ts";
import { type About, type LogFacts, type LogFormat, type LogLevel, logLine, safeJson } from "./log-line.ts";

export type Style = Parameters<typeof styleText>[0];

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Undefined: colours on a terminal, unless NO_COLOR says otherwise. */
  readonly color: boolean | undefined;
  /** How what goes to stderr is written: for people, or as one JSON object a line. */
  readonly logFormat: LogFormat;
}

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** A result: the JSON document with --json, the text otherwise. The text is made only when it is needed. */
  readonly result: (data: unknown, text: () => string) => void;
  /** True when stderr is a log for programs. What only a person at the keyboard should see does not belong there. */
  readonly isLog: boolean;
  /** Something to know on the way; silent with --quiet. */
  readonly note: (text: string, about?: About) => void;
  readonly problem: (problem: ProblemFacts, about?: About) => void;
  readonly warning: (problem: ProblemFacts, about?: About) => void;
  /** How something that went on for long has ended: a result, in a log a line of it. */
  readonly ended: (data: unknown, text: () => string) => void;
  readonly style: (style: Style, text: string) => string;
  /** True when there is a person at stderr who can watch a bar move. */
  readonly animated: boolean;
  readonly stderr: NodeJS.WriteStream;
  /** For what is neither text nor a document: the bytes of a file. */
  readonly stdout: NodeJS.WriteStream;
}

export function makeOutput(
  options: OutputOptions,
  { stdout, stderr }: Streams,
  env: NodeJS.ProcessEnv,
  clock: () => Date,
): Output {
  const isLog = options.logFormat === "json";
  const wanted = (stream: NodeJS.WriteStream): boolean =>
    !isLog && (options.color ?? (stream.isTTY === true && env.NO_COLOR === undefined && env.TERM !== "dumb"));
  const paint = (colours: boolean) => (style: Style, text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const onOut = paint(wanted(stdout));
  const onErr = paint(wanted(stderr));
  const say = (mark: string, style: Style, { message, hint, detail }: ProblemFacts): void => {
    stderr.write(`${onErr(style, mark)} ${onErr("bold", printable(message))}\n`);
    if (detail !== null) stderr.write(`${onErr("dim", indented(detail))}\n`);
    if (hint !== "") stderr.write(`${onErr("cyan", "→")} ${printable(hint)}\n`);
  };
  const log = (level: LogLevel, facts: LogFacts, about: About = {}): void =>
    void stderr.write(`${logLine(clock(), level, facts, about)}\n`);
  const result: Output["result"] = (data, text) => {
    if (options.json) stdout.write(`${safeJson(data, 2)}\n`);
    else if (!options.quiet) stdout.write(`${text()}\n`);
  };
  const note: Output["note"] = (text, about) => {
    if (options.quiet) return;
    if (isLog) log("info", { message: text }, about);
    else stderr.write(`${text}\n`);
  };
  return {
    json: options.json,
    quiet: options.quiet,
    ...{ isLog, result, note },
    problem: (problem, about) => (isLog ? log("error", problem, about) : say("✗", "red", problem)),
    warning: (problem, about) => {
      if (options.quiet) return;
      if (isLog) log("warning", problem, about);
      else say("!", "yellow", problem);
    },
    ended: (data, text) => {
      if (isLog) note(text());
      if (!isLog || options.json) result(data, text);
    },
    style: onOut,
    animated: stderr.isTTY === true && !options.quiet && !options.json && !isLog,
    stdout,
    stderr,
  };
}

/** Evidence is shown short; whoever wants all of it asks for JSON or reads the log. */
const DETAIL_LINES_MAX = 15;

function indented(detail: string): string {
  const lines = detail.split("\n").map(printable);
  const shown = lines.slice(0, DETAIL_LINES_MAX).map((line) => `  ${line}`);
  if (lines.length > DETAIL_LINES_MAX)
    shown.push(`  … and ${lines.length - DETAIL_LINES_MAX} more lines (--json shows all)`);
  return shown.join("\n");
}
