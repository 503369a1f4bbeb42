// The log for programs: one JSON object a line.
import { badInput, Problem, type ProblemFacts } from "../domain/problem.ts";
import type { RunKind } from "../domain/run.ts";

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
export type LogLevel = "info" | "warning" | "error";

/** What a line is about, as far as whoever says it knows. */
export interface About {
  readonly run?: number;
  readonly host?: string;
  readonly kind?: RunKind;
}

export type LogFacts = Pick<ProblemFacts, "message"> & Partial<ProblemFacts>;

/** `{ time, level, message, kind, run, host, code, hint, detail }`; what is not known is left out. */
export const logLine = (
  at: Date,
  level: LogLevel,
  { message, code, hint, detail }: LogFacts,
  { kind, run, host }: About,
): string => {
  const known = { kind, run, host, code, hint, detail };
  const said = Object.entries(known).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  return safeJson({ time: at.toISOString(), level, message, ...Object.fromEntries(said) });
};

/** JSON that a terminal shows and does not obey: what JSON itself leaves unescaped is escaped as well. */
export const safeJson = (data: unknown, indent = 0): string =>
  JSON.stringify(data, null, indent).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const formatOf = (given: string): LogFormat | undefined => LOG_FORMATS.find((format) => format === given);

/** The option counts before the environment. Refuses with `bad_input` and `bad_environment`. */
export function logFormatFrom(option: string | undefined, env: NodeJS.ProcessEnv): LogFormat {
  if (option !== undefined) {
    const format = formatOf(option);
    if (format === undefined) throw badInput("--log-format", option, "must be text or json.");
    return format;
  }
  const named = env.POBSYNC_LOG_FORMAT;
  const format = named === undefined ? "text" : formatOf(named);
  if (format !== undefined) return format;
  throw new Problem("bad_environment", "POBSYNC_LOG_FORMAT is neither text nor json.", {
    hint: "Correct it, or unset it: unset POBSYNC_LOG_FORMAT",
  });
}
