// Snapshots with filters, newest first; of one host when it is said.
import { Box, Button, Group, Paper, Select, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Archive } from "lucide-react";
import type { ReactNode } from "react";
import type { SnapshotJson } from "../../../src/contract/types.ts";
import { query } from "../../api/client.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { HostSelect } from "../../parts/host-select.tsx";
import { Moment } from "../../parts/moment.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { SnapshotBadges } from "../../parts/snapshot-badges.tsx";
import { HostLink, TextLink } from "../../parts/text-link.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { numberText, sizeText } from "../../parts/words.ts";

const PAGE = 100;
const KINDS = ["scheduled", "manual"] as const;
const STATUSES = ["succeeded", "warning"] as const;
const STATES = ["complete", "removing", "missing", "removed"] as const;

const one = <T extends string>(known: readonly T[], text: string | undefined): T | undefined =>
  known.find((word) => word === text);

export function SnapshotList({ host }: { host?: string }) {
  const [search, change] = useFilters();
  const wanted = host ?? search.host;
  const filters = {
    ...(wanted === undefined ? {} : { host: wanted }),
    kind: one(KINDS, search.kind),
    status: one(STATUSES, search.status),
    state: one(STATES, search.state),
  };
  const snapshots = useInfiniteQuery(
    query.snapshots.list.infiniteOptions({
      input: (after: string | undefined) => ({
        ...Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)),
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  const isFiltered =
    (filters.kind ?? filters.status ?? filters.state ?? (host === undefined ? search.host : undefined)) !==
    undefined;
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        {host === undefined ? (
          <HostSelect value={search.host} onChange={(chosen) => change({ host: chosen })} />
        ) : null}
        <Filter label="Kind" values={KINDS} value={filters.kind} set={(kind) => change({ kind })} />
        <Filter
          label="Result"
          values={STATUSES}
          value={filters.status}
          set={(status) => change({ status })}
        />
        <Filter label="State" values={STATES} value={filters.state} set={(state) => change({ state })} />
      </Group>
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={snapshots} rows={10}>
          {({ pages }) => (
            <SnapshotTable
              snapshots={pages.flatMap(({ items }) => items)}
              withoutHost={host !== undefined}
              empty={
                <EmptyState
                  icon={Archive}
                  title={isFiltered ? "No snapshot is like that" : "There are no snapshots yet"}
                >
                  {isFiltered ? "Take a filter away to see more." : "The first backup makes the first one."}
                </EmptyState>
              }
            />
          )}
        </QueryView>
        {snapshots.hasNextPage ? (
          <Button
            mt="sm"
            variant="default"
            size="xs"
            loading={snapshots.isFetchingNextPage}
            onClick={() => void snapshots.fetchNextPage()}
          >
            Older snapshots
          </Button>
        ) : null}
      </Paper>
    </Stack>
  );
}

function Filter({
  label,
  values,
  value,
  set,
}: {
  label: string;
  values: readonly string[];
  value: string | undefined;
  set: (value: string) => void;
}) {
  return (
    <Select
      label={label}
      placeholder="any"
      data={[...values]}
      value={value ?? null}
      onChange={(chosen) => set(chosen ?? "")}
      clearable
      w={{ base: "calc(50% - 6px)", xs: 160 }}
    />
  );
}

function SnapshotTable({
  snapshots,
  withoutHost,
  empty,
}: {
  snapshots: readonly SnapshotJson[];
  withoutHost: boolean;
  empty: ReactNode;
}) {
  return (
    <DataTable
      label="Snapshots"
      rows={snapshots}
      rowKey={({ host, name }) => `${host} ${name}`}
      empty={empty}
      columns={[
        ...(withoutHost
          ? []
          : [
              {
                key: "host",
                title: "Host",
                minWidth: 120,
                cell: ({ host }: SnapshotJson) => <HostLink host={host} />,
              },
            ]),
        {
          key: "name",
          title: "Snapshot",
          cell: (snapshot) => <Which snapshot={snapshot} />,
        },
        { key: "state", title: "", cell: (snapshot) => <SnapshotBadges snapshot={snapshot} />, from: "sm" },
        { key: "kind", title: "Kind", cell: ({ kind }) => kind, from: "md", isShort: true },
        {
          key: "files",
          title: "Entries",
          align: "right",
          from: "md",
          cell: ({ files }) => (files === null ? "–" : numberText(files)),
        },
        {
          key: "bytes",
          title: "Size",
          align: "right",
          from: "xs",
          cell: ({ bytes }) => (bytes === null ? "–" : sizeText(bytes)),
        },
        {
          key: "new",
          title: "New data",
          align: "right",
          from: "sm",
          cell: ({ newBytes }) => (newBytes === null ? "–" : sizeText(newBytes)),
        },
      ]}
    />
  );
}

/** On a phone there is no room for badges beside it. */
function Which({ snapshot }: { snapshot: SnapshotJson }) {
  const { host, name, startedAt } = snapshot;
  return (
    <>
      <TextLink to="/snapshots/$host/$snapshot" params={{ host, snapshot: name }} size="sm">
        <Moment at={startedAt} as="date" />
      </TextLink>
      <Text size="xs" c="dimmed" className="verbatim nowrap" visibleFrom="sm">
        {name}
      </Text>
      <Box hiddenFrom="sm" mt={4}>
        <SnapshotBadges snapshot={snapshot} />
      </Box>
    </>
  );
}
