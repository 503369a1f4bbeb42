// The probe of a host, step by step, the doctor's findings, and whether parts of pobsync live.
import type { CheckStep } from "../actions/check-host.ts";
import type { Finding } from "../actions/diagnose.ts";
import type { PartFinding } from "../actions/look-at-parts.ts";
import type { CheckJson, DoctorJson, HealthcheckJson } from "../contract/types.ts";
import { factsOf, type Problem, type ProblemFacts, withNames } from "../domain/problem.ts";

/** With the host's name in its hint. */
export const checkFacts = (host: string, problem: Problem): ProblemFacts =>
  withNames(factsOf(problem), { HOST: host });

export const checkJson = (host: string, steps: readonly CheckStep[]): CheckJson => ({
  host,
  ok: steps.every(({ problem }) => problem === null),
  steps: steps.map((step) => ({ ...step, problem: step.problem && checkFacts(host, step.problem) })),
});

export const doctorJson = (findings: readonly Finding[]): DoctorJson => ({
  ok: findings.every(({ problem }) => problem === null),
  findings: [...findings],
});

export const healthcheckJson = (parts: readonly PartFinding[]): HealthcheckJson => ({
  ok: parts.every(({ problem }) => problem === null),
  parts: [...parts],
});
