// What looks odd on a host, and what people say of it, for --json and the API.
import type { Anomaly, JudgedAnomaly } from "../actions/judge-anomaly.ts";
import type { AnomalyJson, JudgedAnomalyJson } from "../contract/types.ts";
import { verdictJson } from "../domain/anomaly.ts";
import { factsOf } from "../domain/problem.ts";

export const anomalyJson = (anomaly: Anomaly | null): AnomalyJson | null =>
  anomaly && { ...anomaly, verdict: anomaly.verdict && verdictJson(anomaly.verdict) };

export const judgedJson = ({ held, ...judged }: JudgedAnomaly): JudgedAnomalyJson => ({
  ...judged,
  verdict: verdictJson(judged.verdict),
  snapshots: [...judged.snapshots],
  stillPinned: [...judged.stillPinned],
  pruningHeld: held === null ? null : factsOf(held),
});
