// By what it is proved that a host can be restored: the last drill, and how much was read again.
import { Button, Group, Paper, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ProofJson } from "../../../src/contract/types.ts";
import { client, query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { Moment } from "../../parts/moment.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { runLook } from "../../parts/status-badge.tsx";
import { RunLink } from "../../parts/text-link.tsx";
import { tellFailure } from "../../parts/told.tsx";
import { countText, numberText, sizeText } from "../../parts/words.ts";

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;

function everyText(seconds: number | null): string {
  if (seconds === null) return "only on request";
  return seconds >= DAY_SECONDS
    ? countText(Math.round(seconds / DAY_SECONDS), "day")
    : countText(Math.round(seconds / HOUR_SECONDS), "hour");
}

/** Never rounded up to all, or down to nothing. */
function shareText(share: number | null): string | null {
  if (share === null) return null;
  if (share > 0 && share < 0.01) return "less than 1 %";
  return `${share >= 1 ? 100 : Math.floor(share * 100)} %`;
}

export function HostProof({ host }: { host: string }) {
  const proof = useQuery(query.proof.get.queryOptions({ input: { host } }));
  return (
    <Stack gap="sm" component="section" aria-labelledby="proof">
      <Group justify="space-between">
        <Title order={2} fz={18} id="proof">
          Proof
        </Title>
        <DrillButton host={host} />
      </Group>
      <Paper withBorder p="sm" radius="md">
        <QueryView query={proof} rows={4}>
          {(found) => <Facts proof={found} />}
        </QueryView>
      </Paper>
      <CommandLine command={`pobsync proof ${shellWord(host)}`} />
    </Stack>
  );
}

function Facts({ proof }: { proof: ProofJson }) {
  const { lastDrill, readShare, storedBytes, damagedFiles } = proof;
  return (
    <FactList
      label={`Proof of ${proof.host}`}
      facts={[
        {
          name: "Last drill",
          value:
            lastDrill === null ? (
              "never"
            ) : (
              <>
                {runLook(lastDrill.status).word}, <Moment at={lastDrill.at} />,{" "}
                <RunLink id={lastDrill.runId}>run {lastDrill.runId}</RunLink>
              </>
            ),
        },
        { name: "Drill every", value: everyText(proof.drillEverySeconds) },
        {
          name: "Stored, each file once",
          value: storedBytes === null ? "not known yet" : sizeText(storedBytes),
        },
        { name: "Read again within 90 days", value: shareText(readShare) },
        { name: "Read everything within", value: everyText(proof.verifyWithinSeconds) },
        { name: "Damaged files", value: damagedFiles === null ? null : numberText(damagedFiles) },
      ]}
    />
  );
}

/** Queues one and goes to its page. */
function DrillButton({ host }: { host: string }) {
  const may = useMay("operator");
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const drill = async (): Promise<void> => {
    setBusy(true);
    try {
      const { id } = await client.runs.create({ kind: "drill", host });
      await navigate({ to: "/runs/$id", params: { id: String(id) } });
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };
  if (!may) return null;
  return (
    <Button size="xs" variant="default" loading={isBusy} onClick={() => void drill()}>
      Try a restore
    </Button>
  );
}
