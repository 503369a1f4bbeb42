// The newest snapshots on a line of time.
import { Box, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { query } from "../../api/client.ts";
import { QueryView } from "../../parts/query-view.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { countText, momentText } from "../../parts/words.ts";
import classes from "./timeline.module.css";

const SHOWN = 60;

export function Timeline({ host }: { host: string }) {
  const snapshots = useQuery(query.snapshots.list.queryOptions({ input: { host, limit: SHOWN } }));
  return (
    <Stack gap="sm" component="section" aria-labelledby="timeline">
      <Title order={2} fz={18} id="timeline">
        Snapshots in time
      </Title>
      <Paper withBorder p="md" radius="md">
        <QueryView query={snapshots} rows={2}>
          {({ items, next }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                There is no snapshot yet.
              </Text>
            ) : (
              <Line host={host} items={items} hasMore={next !== null} />
            )
          }
        </QueryView>
      </Paper>
    </Stack>
  );
}

interface Item {
  readonly name: string;
  readonly startedAt: string;
  readonly status: string;
  readonly pin: unknown;
}

function Line({ host, items, hasMore }: { host: string; items: readonly Item[]; hasMore: boolean }) {
  const times = items.map(({ startedAt }) => Date.parse(startedAt));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const place = (at: number): number => (to === from ? 100 : (100 * (at - from)) / (to - from));
  return (
    <Box>
      <ul className={classes.line}>
        {items.map(({ name, startedAt, status, pin }) => {
          const text = `${momentText(startedAt)}${status === "warning" ? ", with warnings" : ""}${pin === null ? "" : ", pinned"}`;
          return (
            <li
              key={name}
              className={classes.place}
              style={{ insetInlineStart: `${place(Date.parse(startedAt))}%` }}
            >
              <Link
                to="/snapshots/$host/$snapshot"
                params={{ host, snapshot: name }}
                className={`${classes.dot} ${status === "warning" ? classes.warning : ""} ${pin === null ? "" : classes.pinned}`}
                title={text}
                aria-label={text}
              />
            </li>
          );
        })}
      </ul>
      <Group justify="space-between" mt={4} wrap="nowrap">
        <Text size="xs" c="dimmed">
          {momentText(new Date(from).toISOString())}
        </Text>
        <Text size="xs" c="dimmed" ta="end">
          {momentText(new Date(to).toISOString())}
        </Text>
      </Group>
      <Text size="xs" ta="center" mt={4}>
        <TextLink to="/hosts/$host/$tab" params={{ host, tab: "snapshots" }} size="xs">
          {hasMore ? `The newest ${items.length}; all of them` : countText(items.length, "snapshot")}
        </TextLink>
      </Text>
    </Box>
  );
}
