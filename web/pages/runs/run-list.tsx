// Runs with filters, newest first; of one host when it is said.
import { Button, Group, MultiSelect, Paper, Select, Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Activity } from "lucide-react";
import type { RunJson } from "../../../src/contract/types.ts";
import { query } from "../../api/client.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { HostSelect } from "../../parts/host-select.tsx";
import { KIND_WORDS } from "../../parts/phase-words.ts";
import { QueryView } from "../../parts/query-view.tsx";
import { RunTable } from "../../parts/run-table.tsx";
import { runLook } from "../../parts/status-badge.tsx";
import { useFilters } from "../../parts/use-search.ts";

const PAGE = 50;
const STATUSES = ["queued", "running", "succeeded", "warning", "failed", "cancelled"] as const;
const KINDS = ["backup", "restore", "prune", "verify", "discover", "drill"] as const;
const TRIGGERS = ["manual", "scheduled", "retry"] as const;

const among = <T extends string>(known: readonly T[], text: string | undefined): T[] =>
  known.filter((word) => text?.split(",").includes(word));

export function RunList({ host }: { host?: string }) {
  const [search, change] = useFilters();
  const statuses = among(STATUSES, search.status);
  const triggers = among(TRIGGERS, search.trigger);
  const [kind] = among(KINDS, search.kind);
  const wanted = host ?? search.host;
  const filters = {
    ...(wanted === undefined ? {} : { host: wanted }),
    ...(kind === undefined ? {} : { kind: kind as RunJson["kind"] }),
    ...(statuses.length === 0 ? {} : { status: statuses.join(",") }),
    ...(triggers.length === 0 ? {} : { trigger: triggers.join(",") }),
  };
  const runs = useInfiniteQuery(
    query.runs.list.infiniteOptions({
      input: (after: number | undefined) => ({
        ...filters,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      }),
      initialPageParam: undefined as number | undefined,
      getNextPageParam: ({ next }) => (next === null ? undefined : Number(next)),
    }),
  );
  const isFiltered = Object.keys(filters).length > (host === undefined ? 0 : 1);
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        {host === undefined ? (
          <HostSelect value={search.host} onChange={(chosen) => change({ host: chosen })} />
        ) : null}
        <MultiSelect
          label="State"
          placeholder={statuses.length === 0 ? "any" : ""}
          data={STATUSES.map((value) => ({ value, label: runLook(value).word }))}
          value={statuses}
          onChange={(chosen) => change({ status: chosen.join(",") })}
          clearable
          w={{ base: "calc(50% - 6px)", xs: 240 }}
        />
        <Select
          label="What"
          placeholder="anything"
          data={KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))}
          value={kind ?? null}
          onChange={(chosen) => change({ kind: chosen ?? "" })}
          clearable
          w={{ base: "calc(50% - 6px)", xs: 160 }}
        />
        <MultiSelect
          label="Why"
          placeholder={triggers.length === 0 ? "any reason" : ""}
          data={[...TRIGGERS]}
          value={triggers}
          onChange={(chosen) => change({ trigger: chosen.join(",") })}
          clearable
          w={{ base: "calc(50% - 6px)", xs: 200 }}
        />
      </Group>
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={runs} rows={10}>
          {({ pages }) => (
            <RunTable
              runs={pages.flatMap(({ items }) => items)}
              label={host === undefined ? "Runs" : `Runs of ${host}`}
              withoutHost={host !== undefined}
              empty={
                <EmptyState
                  icon={Activity}
                  title={isFiltered ? "No run is like that" : "There are no runs yet"}
                >
                  {isFiltered
                    ? "Take a filter away to see more."
                    : "A run appears here as soon as something is backed up, restored, verified or removed."}
                </EmptyState>
              }
            />
          )}
        </QueryView>
        {runs.hasNextPage ? (
          <Button
            mt="sm"
            variant="default"
            size="xs"
            loading={runs.isFetchingNextPage}
            onClick={() => void runs.fetchNextPage()}
          >
            Older runs
          </Button>
        ) : null}
      </Paper>
      <CommandLine command={commandFor(wanted, statuses, kind)} />
    </Stack>
  );
}

const commandFor = (
  host: string | undefined,
  statuses: readonly string[],
  kind: string | undefined,
): string =>
  [
    "pobsync runs",
    ...(host === undefined ? [] : [host]),
    ...statuses.map((status) => `--status ${status}`),
    ...(kind === undefined ? [] : [`--kind ${kind}`]),
  ].join(" ");
