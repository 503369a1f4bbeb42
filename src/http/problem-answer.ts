// Every failure of the API as `application/problem+json` (RFC 9457), with our codes.
import { ORPCError } from "@orpc/server";
import { TooManyAttempts } from "../domain/login-throttle.ts";
import { asProblem, factsOf, Problem, type ProblemFacts, printable } from "../domain/problem.ts";
import { PROBLEMS } from "../domain/problem-catalogue.ts";

export const PROBLEM_JSON = "application/problem+json";

/** Told what is a fault of ours: the administrator should know it. */
export type TellFault = (problem: ProblemFacts) => void;

/** A problem on the wire: RFC 9457's fields, and those of every problem of ours. */
export interface ProblemAnswer extends ProblemFacts {
  readonly title: string;
  readonly status: number;
}

/** The catalogue's hint for what was typed speaks to a command line. */
const CORRECT_IT = "Nothing was changed. Correct it and try again.";

/** What is a fault of ours is told to the log; who asks is told that it is one, without its inside. */
export function problemAnswer(error: unknown, log: TellFault): ProblemAnswer {
  const problem = error instanceof ORPCError ? fromOrpc(error) : asProblem(error);
  const { code, message, detail } = problem;
  const status = PROBLEMS[code].httpStatus;
  const hint = problem.hint === PROBLEMS.bad_input.hint ? CORRECT_IT : problem.hint;
  if (code !== "internal_error") return { title: message, status, code, message, hint, detail };
  log(factsOf(problem));
  const said = "Something unexpected happened. The server's log says what.";
  return { title: said, status, code, message: said, hint, detail: null };
}

/** What oRPC refuses by itself: input that does not fit, a body that is no JSON. */
function fromOrpc(error: ORPCError<string, unknown>): Problem {
  if (error.status >= 500) return asProblem(error.cause ?? error);
  const issues = issuesOf(error.data);
  const [first = "The request could not be read: its body must be JSON."] = issues;
  return new Problem("bad_input", first, { detail: issues.length > 1 ? issues.join("\n") : null });
}

const ISSUES_MAX = 20;
/** What was sent may be part of what is said about it. */
const ISSUE_CHARACTERS_MAX = 300;

function issuesOf(data: unknown): string[] {
  const issues = (data as { issues?: unknown } | null | undefined)?.issues;
  if (!Array.isArray(issues)) return [];
  return issues.slice(0, ISSUES_MAX).map((issue: { path?: unknown; message?: unknown }) => {
    const path = Array.isArray(issue.path) ? issue.path.map(String).join(".") : "";
    const text = printable(`${path === "" ? "The request" : path}: ${String(issue.message)}`);
    return text.length > ISSUE_CHARACTERS_MAX ? `${text.slice(0, ISSUE_CHARACTERS_MAX)}…` : text;
  });
}

/** What a problem says beside its words: when to come again. */
export const problemHeaders = (error: unknown): Record<string, string> =>
  error instanceof TooManyAttempts ? { "retry-after": String(error.retryAfterSeconds) } : {};

/** For whatever fails outside of the routes. */
export function problemResponse(error: unknown, log: TellFault): Response {
  const answer = problemAnswer(error, log);
  return new Response(JSON.stringify(answer), {
    status: answer.status,
    headers: { ...problemHeaders(error), "content-type": PROBLEM_JSON, "cache-control": "no-store" },
  });
}
