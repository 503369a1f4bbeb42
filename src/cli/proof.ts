// pobsync proof: of each host its last success, its last drill, and how much of what is stored was read again.

import { requireSite } from "../actions/host-context.ts";
import { hostProofs } from "../actions/host-proof.ts";
import { type LastDrill, PROOF_DAYS, type Proof, shareText } from "../domain/proof.ts";
import { durationText } from "../domain/quantity.ts";
import { proofJson } from "../shapes/proof-shapes.ts";
import { type DefineCommand, helpEnd } from "./command.ts";
import type { Output } from "./output.ts";
import { runStatusText } from "./run-text.ts";
import { tableText } from "./table.ts";
import { agoText, sizeText } from "./words.ts";

const AFTER = `

READ is the share of what is stored that was read again within ${PROOF_DAYS} days and held against its checksum. Have that done by
itself: pobsync configure-global --verify-within 90d --drill-every 7d`;

export const define: DefineCommand = (command, { app, output }) => {
  command
    .argument("[host]", "only of this host")
    .addHelpText(
      "after",
      `${helpEnd(["pobsync proof", "pobsync proof web1 --json"], "0 shown, 5 no such host, 6 not set up")}${AFTER}`,
    )
    .action(async (host: string | undefined) => {
      const opened = await app();
      await requireSite(opened);
      const proofs = await hostProofs(opened, host ?? null);
      output.result({ items: proofs.map(proofJson), next: null }, () =>
        proofs.length === 0
          ? "There are no hosts yet. Make one: pobsync configure-host NAME --address ADDRESS"
          : proofTable(output, proofs, opened.clock()),
      );
    });
};

function proofTable(output: Output, proofs: readonly Proof[], now: Date): string {
  const every = (seconds: number | null): string => (seconds === null ? "on request" : durationText(seconds));
  const rows = proofs.map((proof) => [
    proof.host,
    agoText(proof.lastSuccessAt, now),
    drillText(output, proof.lastDrill, now),
    every(proof.drillEverySeconds),
    proof.storedBytes === null ? "–" : sizeText(proof.storedBytes),
    shareText(proof.readShare),
    every(proof.verifyWithinSeconds),
    proof.damagedFiles === null ? "–" : String(proof.damagedFiles),
  ]);
  return tableText(
    output,
    ["HOST", "LAST SUCCESS", "LAST DRILL", "EVERY", "STORED", "READ", "WITHIN", "DAMAGED"],
    rows,
    [4, 5, 7],
  );
}

const drillText = (output: Output, drill: LastDrill | null, now: Date): string =>
  drill === null
    ? "never"
    : `${runStatusText(output, drill.status)} ${agoText(drill.at, now)} (run ${drill.runId})`;
