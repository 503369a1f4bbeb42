// Proof lines in the words of the contract.
import type { ProofJson } from "../contract/types.ts";
import type { Proof } from "../domain/proof.ts";

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

export const proofJson = ({ lastSuccessAt, lastDrill, weighedAt, ...proof }: Proof): ProofJson => ({
  ...proof,
  lastSuccessAt: instant(lastSuccessAt),
  lastDrill: lastDrill === null ? null : { ...lastDrill, at: lastDrill.at.toISOString() },
  weighedAt: instant(weighedAt),
});
