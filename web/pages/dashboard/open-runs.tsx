// What runs now, live, and what waits and why.
import { Box, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { ListedRunJson } from "../../../src/contract/types.ts";
import { KIND_WORDS } from "../../parts/phase-words.ts";
import { CancelButton } from "../../parts/run-actions.tsx";
import { RunProgress } from "../../parts/run-progress.tsx";
import { RunBadge } from "../../parts/status-badge.tsx";
import { HostLink, RunLink, TextLink } from "../../parts/text-link.tsx";
import { countText } from "../../parts/words.ts";
import type { SiteStatus } from "./verdict.tsx";

const SHOWN = 8;

export function OpenRuns({ runs, total }: { runs: SiteStatus["open"]; total: SiteStatus["openTotal"] }) {
  const count = total.running + total.queued;
  if (count === 0) return null;
  const running = runs.filter(({ status }) => status === "running");
  const waiting = runs.filter(({ status }) => status === "queued");
  const shown = [...running, ...waiting].slice(0, SHOWN);
  return (
    <Stack gap="sm" component="section" aria-labelledby="open-runs">
      <Title order={2} fz={18} id="open-runs">
        Now
      </Title>
      <Paper withBorder p="md" radius="md">
        <Stack gap="md">
          {shown.map((run) => (
            <OpenRun key={run.id} run={run} />
          ))}
        </Stack>
      </Paper>
      {count > shown.length ? (
        <TextLink to="/runs" search={{ status: "queued,running" } as never} size="sm">
          All {countText(count, "open run")}
        </TextLink>
      ) : null}
    </Stack>
  );
}

function OpenRun({ run }: { run: ListedRunJson }) {
  return (
    <Box>
      <Group justify="space-between" mb={4} gap="xs">
        <Group gap="xs">
          <RunBadge status={run.status} />
          <Text size="sm">
            <RunLink id={run.id}>{KIND_WORDS[run.kind]}</RunLink> of <HostLink host={run.host} />
          </Text>
          {run.status === "queued" ? (
            <Text size="xs" c="dimmed">
              {run.waiting?.message}
            </Text>
          ) : null}
        </Group>
        <CancelButton run={run} />
      </Group>
      {run.status === "running" ? <RunProgress run={run} /> : null}
    </Box>
  );
}
