// One run: how it goes or went, why it failed, what it changed, and its log.
import { Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { query } from "../../api/client.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { NotFound } from "../../parts/not-found.tsx";
import { Page } from "../../parts/page.tsx";
import { KIND_WORDS } from "../../parts/phase-words.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { CancelButton, isOpen, RetryButton } from "../../parts/run-actions.tsx";
import { RunProgress } from "../../parts/run-progress.tsx";
import { RunBadge } from "../../parts/status-badge.tsx";
import { HostLink } from "../../parts/text-link.tsx";
import { Changes } from "./changes.tsx";
import { Facts } from "./facts.tsx";
import { Outcome } from "./outcome.tsx";
import { Phases } from "./phases.tsx";
import { RunLog } from "./run-log.tsx";
import { useRunEvents } from "./use-run-events.ts";

export function RunPage() {
  const { id } = useParams({ strict: false });
  const number = Number(id);
  if (!Number.isSafeInteger(number) || number < 1) return <NotFound />;
  return <Run key={number} id={number} />;
}

function Run({ id }: { id: number }) {
  const run = useQuery(query.runs.get.queryOptions({ input: { id } }));
  const log = useRunEvents(id);
  const title = run.data === undefined ? `Run ${id}` : `${KIND_WORDS[run.data.kind]} of ${run.data.host}`;
  return (
    <Page
      title={title}
      lead={
        run.data === undefined ? undefined : (
          <Group gap="xs">
            <RunBadge status={run.data.status} />
            <Text size="sm">
              Run {id} of <HostLink host={run.data.host} />
            </Text>
          </Group>
        )
      }
      actions={
        run.data === undefined ? undefined : (
          <>
            <CancelButton run={run.data} />
            <RetryButton run={run.data} />
          </>
        )
      }
    >
      <QueryView query={run} rows={8}>
        {(data) => (
          <Stack gap="lg">
            {data.problem === null ? null : <ProblemView problem={data.problem} />}
            {isOpen(data) ? (
              <Paper withBorder p="md" radius="md">
                <Stack gap="md">
                  <Phases run={data} />
                  {data.status === "running" ? (
                    <RunProgress run={data} size="lg" />
                  ) : (
                    <Text size="sm">{data.waiting?.message ?? "It begins in a moment."}</Text>
                  )}
                </Stack>
              </Paper>
            ) : null}
            {data.warnings.length === 0 ? null : (
              <Stack gap="sm" component="section" aria-labelledby="warnings">
                <Title order={2} fz={18} id="warnings">
                  Warnings
                </Title>
                {data.warnings.map((warning) => (
                  <ProblemView key={`${warning.code} ${warning.message}`} problem={warning} tone="warning" />
                ))}
              </Stack>
            )}
            <Outcome run={data} />
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
              <Facts run={data} />
              <Changes run={data} />
            </SimpleGrid>
            <RunLog run={data} log={log} />
            <CommandLine command={`pobsync show-run ${id}${isOpen(data) ? " --follow" : ""}`} />
          </Stack>
        )}
      </QueryView>
    </Page>
  );
}
