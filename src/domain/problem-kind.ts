// What is known about a kind of problem before it happens, and the usual kinds.

export interface ProblemKind {
  /** What to do next, for the person who reads it at night. One or two sentences. */
  readonly hint: string;
  /** Whether the same attempt may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** The exit code of a command that ends with it (documented in docs/exit-codes.md). */
  readonly exitCode: 1 | 2 | 4 | 5 | 6 | 130;
  /** The status of an HTTP answer that says it. */
  readonly httpStatus: number;
}

/** This server could not do its part. */
export const failed = (hint: string, httpStatus = 500): ProblemKind => ({
  ...{ hint, httpStatus, retryable: false, exitCode: 1 },
});
export const transient = (hint: string, httpStatus = 503): ProblemKind => ({
  ...{ hint, httpStatus, retryable: true, exitCode: 1 },
});
/** A host did not do what we asked of it; to whoever asked us we are the gateway. */
export const hostFailed = (hint: string): ProblemKind => failed(hint, 502);
export const hostAway = (hint: string): ProblemKind => transient(hint, 502);
/** It does not go with how things are. */
export const refused = (hint: string, httpStatus = 409): ProblemKind => ({
  ...{ hint, httpStatus, retryable: false, exitCode: 2 },
});
export const unknown = (hint: string): ProblemKind => ({
  ...{ hint, httpStatus: 404, retryable: false, exitCode: 5 },
});
export const notSetUp = (hint: string): ProblemKind => ({
  ...{ hint, httpStatus: 503, retryable: false, exitCode: 6 },
});
