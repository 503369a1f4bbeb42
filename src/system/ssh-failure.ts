// What ssh's own words mean. Its exit code says only "255", so the text decides.
import { Problem, printable } from "../domain/problem.ts";
import type { ProblemCode } from "../domain/problem-catalogue.ts";

interface Reading {
  readonly pattern: RegExp;
  readonly code: ProblemCode;
  readonly say: (target: string) => string;
}

/** In order: the first that matches wins. Texts are those of OpenSSH 8 to 10. */
const READINGS: readonly Reading[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|No \S+ host key is known/i,
    code: "host_key_changed",
    say: (t) => `${t} shows another host key than the one that is pinned.`,
  },
  {
    pattern: /no matching host key type|Unable to negotiate/i,
    code: "host_key_changed",
    say: (t) => `${t} offers no host key of the pinned type, or no common algorithm.`,
  },
  {
    pattern: /Could not resolve hostname|Name or service not known|Temporary failure in name resolution/i,
    code: "name_not_found",
    say: (t) => `The name ${t} cannot be resolved to an address.`,
  },
  { pattern: /Connection refused/i, code: "connection_refused", say: (t) => `${t} refused the connection.` },
  {
    pattern: /Permission denied|Too many authentication failures|no more authentication methods/i,
    code: "authentication_failed",
    say: (t) => `${t} did not accept this server's key.`,
  },
  {
    pattern: /no such identity: |Identity file .* not accessible|UNPROTECTED PRIVATE KEY|Load key .*:/i,
    code: "identity_file_unusable",
    say: () => "The identity file cannot be used.",
  },
  {
    pattern:
      /Connection timed out|Operation timed out|No route to host|Network is unreachable|Host is down|banner exchange|timed out during/i,
    code: "host_unreachable",
    say: (t) => `${t} does not answer.`,
  },
  {
    pattern:
      /not responding|Broken pipe|Connection reset|Connection closed|closed by remote host|Timeout, server/i,
    code: "connection_lost",
    say: (t) => `The connection to ${t} broke.`,
  },
];

/** ssh's stderr as a Problem. The identity file is looked at first when authentication failed because of it. */
export function sshProblem(stderr: string, target: string): Problem {
  const text = stderr.trim();
  const detail = text === "" ? null : printableLines(text);
  const unusable = READINGS.find((reading) => reading.code === "identity_file_unusable");
  const reading = READINGS.find((candidate) => candidate.pattern.test(text));
  if (reading === undefined)
    return new Problem("host_unreachable", `ssh could not connect to ${target}.`, { detail });
  const chosen =
    reading.code === "authentication_failed" && unusable?.pattern.test(text) ? unusable : reading;
  return new Problem(chosen.code, chosen.say(target), { detail });
}

/** A host's words, safe to print: control characters and what turns text around become escapes, lines stay. */
export const printableLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => printable(line))
    .join("\n");
