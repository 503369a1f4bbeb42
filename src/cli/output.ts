// What a command prints: text for people, or one JSON document. Results go to stdout, everything else to stderr.
import { styleText } from "node:util";
import { type ProblemFacts, printable } from "../domain/problem.ts";

export type Style = Parameters<typeof styleText>[0];

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Undefined: colours on a terminal, unless NO_COLOR says otherwise. */
  readonly color: boolean | undefined;
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
  /** Something to know on the way; silent with --quiet. */
  readonly note: (text: string) => void;
  readonly problem: (problem: ProblemFacts) => void;
  readonly warning: (problem: ProblemFacts) => void;
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
): Output {
  const wanted = (stream: NodeJS.WriteStream): boolean =>
    options.color ?? (stream.isTTY === true && env.NO_COLOR === undefined && env.TERM !== "dumb");
  const paint = (colours: boolean) => (style: Style, text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const onOut = paint(wanted(stdout));
  const onErr = paint(wanted(stderr));
  const say = (mark: string, style: Style, { message, hint, detail }: ProblemFacts): void => {
    stderr.write(`${onErr(style, mark)} ${onErr("bold", printable(message))}\n`);
    if (detail !== null) stderr.write(`${onErr("dim", indented(detail))}\n`);
    if (hint !== "") stderr.write(`${onErr("cyan", "→")} ${printable(hint)}\n`);
  };
  return {
    json: options.json,
    quiet: options.quiet,
    result: (data, text) => {
      if (options.json) stdout.write(`${jsonText(data)}\n`);
      else if (!options.quiet) stdout.write(`${text()}\n`);
    },
    note: (text) => {
      if (!options.quiet) stderr.write(`${text}\n`);
    },
    problem: (problem) => say("✗", "red", problem),
    warning: (problem) => {
      if (!options.quiet) say("!", "yellow", problem);
    },
    style: onOut,
    animated: stderr.isTTY === true && !options.quiet && !options.json,
    stdout,
    stderr,
  };
}

/** JSON that a terminal shows and does not obey: what JSON itself leaves unescaped is escaped as well. */
const jsonText = (data: unknown): string =>
  JSON.stringify(data, null, 2).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Evidence is shown short; whoever wants all of it asks for JSON or reads the log. */
const DETAIL_LINES_MAX = 15;

function indented(detail: string): string {
  const lines = detail.split("\n").map(printable);
  const shown = lines.slice(0, DETAIL_LINES_MAX).map((line) => `  ${line}`);
  if (lines.length > DETAIL_LINES_MAX)
    shown.push(`  … and ${lines.length - DETAIL_LINES_MAX} more lines (--json shows all)`);
  return shown.join("\n");
}
