// When all hosts are backed up by themselves.
import { Badge, Box, Button, Paper, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { CalendarClock } from "lucide-react";
import { query } from "../../api/client.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { ButtonLink, HostLink, TextLink } from "../../parts/text-link.tsx";

const PAGE = 100;

export function Schedules() {
  const schedules = useInfiniteQuery(
    query.schedules.list.infiniteOptions({
      input: (after: string | undefined) => ({ limit: PAGE, ...(after === undefined ? {} : { after }) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  return (
    <Page
      title="Schedules"
      lead="When hosts are backed up by themselves. They are made and changed on each host's page."
    >
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={schedules} rows={8}>
          {({ pages }) => (
            <DataTable
              label="Schedules"
              rows={pages.flatMap(({ items }) => items)}
              rowKey={({ id }) => id}
              columns={[
                { key: "host", title: "Host", minWidth: 100, cell: ({ host }) => <HostLink host={host} /> },
                {
                  key: "words",
                  title: "When",
                  minWidth: 130,
                  cell: (schedule) => (
                    <>
                      <TextLink
                        to="/hosts/$host/$tab"
                        params={{ host: schedule.host, tab: "schedules" }}
                        size="sm"
                      >
                        {schedule.words}
                      </TextLink>
                      <Text size="xs" c="dimmed" className="verbatim">
                        {schedule.cron} · {schedule.timeZone}
                      </Text>
                    </>
                  ),
                },
                {
                  key: "next",
                  title: "Next",
                  cell: ({ enabled, hostEnabled, nextDueAt }) =>
                    enabled && hostEnabled ? (
                      <Moment at={nextDueAt} />
                    ) : (
                      <Badge color="gray" variant="light" tt="none">
                        {enabled ? "host disabled" : "disabled"}
                      </Badge>
                    ),
                },
                {
                  key: "prune",
                  title: "Prunes",
                  cell: ({ prune }) => (prune ? "yes" : "no"),
                  from: "sm",
                },
                {
                  key: "name",
                  title: "Name",
                  cell: ({ name }) => <Box miw={70}>{name}</Box>,
                  from: "md",
                },
                {
                  key: "last",
                  title: "Last due",
                  cell: ({ lastDueAt }) => <Moment at={lastDueAt} />,
                  from: "md",
                },
              ]}
              empty={
                <EmptyState
                  icon={CalendarClock}
                  title="No host has a schedule yet"
                  action={
                    <ButtonLink to="/hosts" size="xs" mt="sm">
                      Choose a host
                    </ButtonLink>
                  }
                >
                  Without one a host is backed up only when somebody asks for it.
                </EmptyState>
              }
            />
          )}
        </QueryView>
        {schedules.hasNextPage ? (
          <Button
            mt="sm"
            variant="default"
            size="xs"
            loading={schedules.isFetchingNextPage}
            onClick={() => void schedules.fetchNextPage()}
          >
            More
          </Button>
        ) : null}
      </Paper>
      <CommandLine command="pobsync schedules" />
    </Page>
  );
}
