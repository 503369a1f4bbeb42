// How a host is: its last runs, its newest snapshots, what speaks against pruning.
import { Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../api/client.ts";
import type { HostDetail } from "../../api/types.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { isOpen } from "../../parts/run-actions.tsx";
import { RunProgress } from "../../parts/run-progress.tsx";
import { RunTable } from "../../parts/run-table.tsx";
import { healthLook } from "../../parts/status-badge.tsx";
import { RunLink, TextLink } from "../../parts/text-link.tsx";
import { useNodes } from "../../parts/use-nodes.ts";
import { numberText } from "../../parts/words.ts";
import { AnomalyBox } from "./anomaly-box.tsx";
import { Bars } from "./bars.tsx";
import { HostProof } from "./proof.tsx";
import { Timeline } from "./timeline.tsx";

const RUNS_SHOWN = 30;
const RUNS_LISTED = 6;

export function Overview({ host }: { host: HostDetail }) {
  const { name, lastRun, pruningHeld, anomaly } = host;
  const runs = useQuery(
    query.runs.list.queryOptions({ input: { host: name, kind: "backup", limit: RUNS_SHOWN } }),
  );
  const { isSpread } = useNodes();
  const failure = lastRun?.status === "failed" ? lastRun.problem : null;
  return (
    <Stack gap="lg">
      {failure === null || lastRun === null ? null : (
        <Stack gap={4}>
          <ProblemView problem={failure} title="The last backup failed" />
          <Text size="sm">
            <RunLink id={lastRun.id}>See the run</RunLink>
          </Text>
        </Stack>
      )}
      {pruningHeld === null ? null : (
        <ProblemView problem={pruningHeld} title="Nothing is pruned for now" tone="warning" />
      )}
      {anomaly === null ? null : <AnomalyBox host={name} anomaly={anomaly} />}
      {lastRun !== null && isOpen(lastRun) ? (
        <Paper withBorder p="md" radius="md">
          <Text size="sm" mb="xs">
            <RunLink id={lastRun.id}>Run {lastRun.id}</RunLink>{" "}
            {lastRun.status === "queued" ? "waits" : "is under way"}
          </Text>
          {lastRun.status === "running" ? <RunProgress run={lastRun} size="lg" /> : null}
        </Paper>
      ) : null}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="sm" component="section" aria-labelledby="about">
          <Title order={2} fz={18} id="about">
            About
          </Title>
          <Paper withBorder p="sm" radius="md">
            <FactList
              label={`About ${name}`}
              facts={[
                { name: "Health", value: `${healthLook(host.health).word}: ${host.healthRule.message}` },
                { name: "Last success", value: <Moment at={host.lastSuccessAt} /> },
                {
                  name: "Next due",
                  value:
                    host.nextDueAt === null ? (
                      <TextLink to="/hosts/$host/$tab" params={{ host: name, tab: "schedules" }} size="sm">
                        not scheduled
                      </TextLink>
                    ) : (
                      <Moment at={host.nextDueAt} />
                    ),
                },
                ...(host.waiting === null ? [] : [{ name: "Why not now", value: host.waiting.message }]),
                ...(isSpread ? [{ name: "Kept on", value: host.node }] : []),
                { name: "Snapshots", value: numberText(host.snapshots) },
                {
                  name: "Sources",
                  value:
                    host.sources.length === 0
                      ? "everything, with the usual excludes"
                      : host.sources.join("\n"),
                },
                { name: "Since", value: <Moment at={host.createdAt} as="date" /> },
              ]}
            />
          </Paper>
        </Stack>
        <Stack gap="sm" component="section" aria-labelledby="backups">
          <Title order={2} fz={18} id="backups">
            Backups
          </Title>
          <Paper withBorder p="sm" radius="md">
            <QueryView query={runs}>
              {({ items }) => (
                <Stack gap="sm">
                  <Bars runs={items} />
                  <RunTable
                    runs={items.slice(0, RUNS_LISTED)}
                    label="Last backups"
                    brief
                    withoutHost
                    empty={
                      <Text size="sm">It has never been backed up. “Back up now” makes the first one.</Text>
                    }
                  />
                </Stack>
              )}
            </QueryView>
          </Paper>
        </Stack>
      </SimpleGrid>
      <HostProof host={name} />
      <Timeline host={name} />
      <CommandLine command={`pobsync show-host ${shellWord(name)}`} />
    </Stack>
  );
}
