// When, why, by whom, how much.
import { Paper, Stack, Title } from "@mantine/core";
import type { RunDetail } from "../../api/types.ts";
import { type Fact, FactList } from "../../parts/fact-list.tsx";
import { Moment } from "../../parts/moment.tsx";
import { RunLink, TextLink } from "../../parts/text-link.tsx";
import { durationText, numberText, sizeText } from "../../parts/words.ts";

export function Facts({ run }: { run: RunDetail }) {
  return (
    <Stack gap="sm" component="section" aria-labelledby="facts">
      <Title order={2} fz={18} id="facts">
        Details
      </Title>
      <Paper withBorder p="sm" radius="md">
        <FactList facts={[...when(run), ...what(run), ...counters(run)]} label="Details of the run" />
      </Paper>
    </Stack>
  );
}

const date = (at: string | null) => (at === null ? null : <Moment at={at} as="date" />);

function when({ queuedAt, dueAt, startedAt, finishedAt, trigger, requestedBy, attempt, retryOf }: RunDetail) {
  const seconds =
    startedAt === null || finishedAt === null
      ? null
      : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return [
    { name: "Why", value: requestedBy === null ? trigger : `${trigger}, by ${requestedBy}` },
    { name: "Attempt", value: attempt === 1 && retryOf === null ? null : numberText(attempt) },
    { name: "First attempt", value: retryOf === null ? null : <RunLink id={retryOf} /> },
    { name: "Due", value: date(dueAt) },
    { name: "Queued", value: date(queuedAt) },
    { name: "Began", value: date(startedAt) },
    { name: "Ended", value: date(finishedAt) },
    { name: "Took", value: seconds === null ? null : durationText(seconds) },
  ] satisfies Fact[];
}

function what({ host, snapshot, base, sandbox, sharing, rateLimit, worker, prune, status }: RunDetail) {
  const isThere = status === "succeeded" || status === "warning";
  return [
    {
      name: "Snapshot",
      value:
        snapshot === null || !isThere ? null : (
          <TextLink to="/snapshots/$host/$snapshot" params={{ host, snapshot }}>
            {snapshot}
          </TextLink>
        ),
    },
    { name: "Made against", value: base },
    { name: "Sandbox", value: sandbox },
    { name: "Shares by", value: sharing },
    {
      name: "Bandwidth limit",
      value: rateLimit === null || rateLimit === 0 ? null : `${sizeText(rateLimit)}/s`,
    },
    { name: "Prunes afterwards", value: prune ? "yes" : null },
    { name: "Worker", value: worker },
  ] satisfies Fact[];
}

function counters({ stats }: RunDetail): Fact[] {
  if (stats === null) return [];
  return [
    { name: "Entries", value: numberText(stats.files) },
    { name: "Files", value: numberText(stats.regularFiles) },
    { name: "All of it", value: sizeText(stats.bytes) },
    { name: "New files", value: numberText(stats.newFiles) },
    { name: "New data", value: sizeText(stats.newBytes) },
    { name: "Over the network", value: sizeText(stats.sentBytes + stats.receivedBytes) },
    {
      name: "Copied instead of linked",
      value: stats.copiedInsteadOfLinked === 0 ? null : numberText(stats.copiedInsteadOfLinked),
    },
  ];
}
