// Hosts by days: how the last month's backups went, at a glance.
import { Box, Button, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { query } from "../../api/client.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { HostLink } from "../../parts/text-link.tsx";
import classes from "./grid.module.css";
import { GridCell, LEGEND } from "./grid-cell.tsx";

const HOSTS_AT_ONCE = 40;
const [DAYS, DAYS_ON_A_PHONE] = [30, 10];

export function Grid() {
  const isNarrow = useMediaQuery("(max-width: 48em)") === true;
  const days = isNarrow ? DAYS_ON_A_PHONE : DAYS;
  const grid = useInfiniteQuery(
    query.site.grid.infiniteOptions({
      input: (after: string | undefined) => ({
        days,
        limit: HOSTS_AT_ONCE,
        ...(after === undefined ? {} : { after }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  const [first] = grid.data?.pages ?? [];
  return (
    <Stack gap="sm" component="section" aria-labelledby="grid">
      <Group justify="space-between">
        <Title order={2} fz={18} id="grid">
          The last {days} days
        </Title>
        <Group gap="md">
          {LEGEND.map(({ state, word }) => (
            <Group key={state} gap={6} wrap="nowrap">
              <span className={classes.sample}>
                <GridCell state={state} />
              </span>
              <Text size="xs" c="dimmed" className="nowrap">
                {word}
              </Text>
            </Group>
          ))}
        </Group>
      </Group>
      <Paper withBorder p="md" radius="md">
        {grid.error === null ? null : <ProblemView error={grid.error} again={() => void grid.refetch()} />}
        {grid.isPending ? <Skeleton height={160} /> : null}
        {first === undefined ? null : (
          <Box className={classes.frame}>
            <table className={classes.grid}>
              <caption className={classes.hidden}>How the backups of each day ended, host by host</caption>
              <thead>
                <tr>
                  <th scope="col" className={classes.host}>
                    <span className={classes.hidden}>Host</span>
                  </th>
                  {first.days.map((day) => (
                    <th key={day} scope="col" className={classes.day}>
                      <Text span size="xs" c="dimmed" aria-label={day}>
                        {day.slice(8)}
                      </Text>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {grid.data?.pages.flatMap(({ items }) =>
                  items.map(({ host, cells }) => (
                    <tr key={host}>
                      <th scope="row" className={classes.host}>
                        <HostLink host={host} />
                      </th>
                      {cells.map((state, at) => (
                        <td key={first.days[at]} className={classes.day}>
                          <GridCell state={state} title={`${host}, ${first.days[at]}`} />
                        </td>
                      ))}
                    </tr>
                  )),
                )}
              </tbody>
            </table>
          </Box>
        )}
        {grid.hasNextPage ? (
          <Button
            mt="sm"
            size="xs"
            variant="default"
            loading={grid.isFetchingNextPage}
            onClick={() => void grid.fetchNextPage()}
          >
            More hosts
          </Button>
        ) : null}
      </Paper>
    </Stack>
  );
}
