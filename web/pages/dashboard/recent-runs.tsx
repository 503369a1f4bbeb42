// The last runs that have ended.
import { Paper, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../api/client.ts";
import { QueryView } from "../../parts/query-view.tsx";
import { RunTable } from "../../parts/run-table.tsx";
import { TextLink } from "../../parts/text-link.tsx";

const SHOWN = 8;

export function RecentRuns() {
  const runs = useQuery(
    query.runs.list.queryOptions({ input: { status: "succeeded,warning,failed,cancelled", limit: SHOWN } }),
  );
  return (
    <Stack gap="sm" component="section" aria-labelledby="recent">
      <Title order={2} fz={18} id="recent">
        Recent runs
      </Title>
      <Paper withBorder p="md" radius="md">
        <QueryView query={runs}>
          {({ items }) => <RunTable runs={items} label="Recent runs" brief />}
        </QueryView>
        <TextLink to="/runs" size="sm">
          All runs
        </TextLink>
      </Paper>
    </Stack>
  );
}
