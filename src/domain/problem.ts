// Problem: something that went wrong and has a name.
import { isProblemCode, PROBLEMS, type ProblemCode } from "./problem-catalogue.ts";

/** A problem as it is stored and sent. `detail` holds lines of evidence, such as what ssh said; paths in it are text. */
export interface ProblemFacts {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
  readonly detail: string | null;
}

export interface ProblemOptions {
  /** Replaces the catalogue's hint when a better next step is known. */
  readonly hint?: string;
  readonly detail?: string | null;
  readonly cause?: unknown;
}

/** The one error that is meant for people: a code, a sentence, a hint and, where there is one, the cause. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly hint: string;
  readonly detail: string | null;

  constructor(code: ProblemCode, message: string, options: ProblemOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Problem";
    this.code = code;
    this.hint = options.hint ?? PROBLEMS[code].hint;
    this.detail = options.detail ?? null;
  }
}

export const factsOf = (problem: Problem): ProblemFacts => ({
  code: problem.code,
  message: problem.message,
  hint: problem.hint,
  detail: problem.detail,
});

/** The same with its names filled in where the hint says HOST or ID: its command can be pasted as it is. */
export const withNames = (facts: ProblemFacts, names: { HOST: string; ID?: number }): ProblemFacts => ({
  ...facts,
  hint: facts.hint.replace(/\b(HOST|ID)\b/g, (word) => String(names[word as "HOST" | "ID"] ?? word)),
});

/** Any thrown thing as a Problem; what has no name yet is an `internal_error` with its stack as the detail. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return new Problem("internal_error", `Something unexpected happened: ${cause.message}`, {
    detail: cause.stack ?? cause.message,
    cause,
  });
}

/** Reads a stored problem. A code that this version does not know becomes `internal_error`, its words stay. */
export function parseProblem(value: unknown): ProblemFacts {
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const code = typeof fields.code === "string" && isProblemCode(fields.code) ? fields.code : "internal_error";
  return {
    code,
    message: typeof fields.message === "string" ? fields.message : "",
    hint: typeof fields.hint === "string" ? fields.hint : PROBLEMS[code].hint,
    detail: typeof fields.detail === "string" ? fields.detail : null,
  };
}

/** Refused input: says what was given (shortened and made printable) and why it will not do. */
export function badInput(what: string, given: unknown, why: string): Problem {
  return new Problem("bad_input", `${what} ${quoted(given)} ${why}`);
}

const LONGEST_QUOTE = 80;

/** What somebody typed, shortened, printable and in quotes, for a sentence that repeats it. */
export function quoted(given: unknown): string {
  // An object from a JSON body may have a toString of its own that is no function.
  const text =
    typeof given === "object" && given !== null ? Object.prototype.toString.call(given) : String(given);
  const short =
    text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}… (${text.length} characters)` : text;
  return `"${printable(short)}"`;
}

/** Text whose control characters, also the Unicode ones that reorder a terminal line, are written as escapes. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (c) => {
    const code = c.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
