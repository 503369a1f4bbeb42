// What somebody should look at, who was told, and who has seen it.
import { Badge, Box, Button, Paper, Switch, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import { useState } from "react";
import { query } from "../../api/client.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { HostLink } from "../../parts/text-link.tsx";
import { AcknowledgeButton } from "./acknowledge-button.tsx";
import { type Alert, stateWords, toldWords } from "./alert-words.ts";

const PAGE = 50;
/** Alerts come and go without anybody doing anything. */
const LOOK_EVERY_MS = 30_000;

export function Alerts() {
  const [all, setAll] = useState(false);
  const alerts = useInfiniteQuery({
    ...query.alerts.list.infiniteOptions({
      input: (after: string | undefined) => ({
        all: all ? ("true" as const) : ("false" as const),
        limit: PAGE,
        ...(after === undefined ? {} : { after: Number(after) }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
    refetchInterval: LOOK_EVERY_MS,
  });
  return (
    <Page title="Alerts" lead="What somebody should look at, who was told, and who has seen it.">
      <Switch
        label="Also those that are over"
        checked={all}
        onChange={({ currentTarget }) => setAll(currentTarget.checked)}
      />
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={alerts} rows={6}>
          {({ pages }) => (
            <DataTable
              label="Alerts"
              rows={pages.flatMap(({ items }) => items)}
              rowKey={({ id }) => id}
              columns={[
                { key: "what", title: "What", minWidth: 160, cell: (alert) => <What alert={alert} /> },
                {
                  key: "host",
                  title: "Host",
                  minWidth: 90,
                  cell: ({ host }) => (host === null ? "the site" : <HostLink host={host} />),
                  from: "sm",
                },
                {
                  key: "since",
                  title: "Since",
                  cell: ({ since, openedAt }) => <Moment at={since ?? openedAt} />,
                },
                {
                  key: "state",
                  title: "State",
                  minWidth: 110,
                  cell: (alert) => <State alert={alert} />,
                  from: "sm",
                },
                {
                  key: "told",
                  title: "Told",
                  minWidth: 90,
                  cell: ({ messages }) => <Text size="sm">{toldWords(messages)}</Text>,
                  from: "md",
                },
              ]}
              empty={
                <EmptyState icon={BellRing} title={all ? "There was no alert yet" : "No alert is open"}>
                  When a host is late, a backup fails or the disk fills up, it is said here.
                </EmptyState>
              }
            />
          )}
        </QueryView>
        {alerts.hasNextPage && (
          <Button
            mt="md"
            variant="default"
            loading={alerts.isFetchingNextPage}
            onClick={() => void alerts.fetchNextPage()}
          >
            Older ones
          </Button>
        )}
      </Paper>
      <CommandLine command={all ? "pobsync alerts --all" : "pobsync alerts"} />
    </Page>
  );
}

function What({ alert }: { alert: Alert }) {
  const { severity, message, hint, clearedAt } = alert;
  return (
    <>
      <Badge color={severity === "bad" ? "red" : "yellow"} variant="light" tt="none" mr={6}>
        {severity}
      </Badge>
      <Text component="span" size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        {message}
      </Text>
      {clearedAt === null && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {hint}
        </Text>
      )}
      <Box hiddenFrom="sm" mt={6}>
        <State alert={alert} />
      </Box>
    </>
  );
}

function State({ alert }: { alert: Alert }) {
  return (
    <>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {stateWords(alert)}
      </Text>
      {alert.clearedAt === null && alert.acknowledged === null && <AcknowledgeButton alert={alert} />}
    </>
  );
}
