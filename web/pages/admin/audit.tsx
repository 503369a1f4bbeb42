// The audit: who did what to what, newest first, with what it was before and after.
import { Group, Paper, Select, Stack, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { query } from "../../api/client.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { MoreButton } from "../../parts/more-button.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { SearchInput } from "../../parts/search-input.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { AuditList } from "./audit-list.tsx";
import { fromLocal, toLocal } from "./local-time.ts";

const PAGE = 50;
const KINDS = ["host", "schedule", "run", "snapshot", "user", "token", "site"] as const;

export function Audit() {
  const [search, change] = useFilters();
  const filters = filtersFrom(search);
  const audit = useInfiniteQuery(
    query.audit.list.infiniteOptions({
      input: (after: string | undefined) => ({
        ...filters,
        limit: PAGE,
        ...(after === undefined ? {} : { after: Number(after) }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  return (
    <Stack gap="md">
      <Filters search={search} change={change} />
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={audit} rows={10}>
          {({ pages }) => {
            const entries = pages.flatMap(({ items }) => items);
            if (entries.length > 0) return <AuditList entries={entries} filter={change} />;
            const isFiltered = Object.keys(filters).length > 0;
            return (
              <EmptyState
                icon={ScrollText}
                title={isFiltered ? "Nothing like that was done" : "Nothing was done yet"}
              >
                {isFiltered
                  ? "Names and actions are compared as a whole. Take a filter away to see more."
                  : "Every change is written down here, with who made it and from where."}
              </EmptyState>
            );
          }}
        </QueryView>
        <MoreButton query={audit}>Older entries</MoreButton>
      </Paper>
      <CommandLine command={commandFor(filters)} />
    </Stack>
  );
}

type Search = ReturnType<typeof useFilters>[0];
type Change = ReturnType<typeof useFilters>[1];

function filtersFrom({ actor, action, subject, subjectKind, since, until }: Search) {
  const kind = KINDS.find((known) => known === subjectKind);
  const [from, before] = [fromLocal(since), fromLocal(until)];
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(subject === undefined ? {} : { subject }),
    ...(kind === undefined ? {} : { subjectKind: kind }),
    ...(from === null ? {} : { since: from }),
    ...(before === null ? {} : { until: before }),
  };
}

const commandFor = ({ actor, action }: { actor?: string; action?: string }): string =>
  [
    "pobsync audit",
    ...(actor === undefined ? [] : [`--actor ${shellWord(actor)}`]),
    ...(action === undefined ? [] : [`--action ${shellWord(action)}`]),
  ].join(" ");

function Filters({ search, change }: { search: Search; change: Change }) {
  return (
    <Group gap="sm" align="flex-end">
      <SearchInput
        label="Who"
        placeholder="anybody"
        value={search.actor ?? ""}
        onChange={(actor) => change({ actor })}
        width={125}
        maxLength={190}
        isHalf
      />
      <SearchInput
        label="Action"
        placeholder="such as login.failed"
        value={search.action ?? ""}
        onChange={(action) => change({ action })}
        width={170}
        maxLength={64}
        isHalf
      />
      <Select
        label="To what"
        placeholder="anything"
        data={[...KINDS]}
        value={KINDS.find((kind) => kind === search.subjectKind) ?? null}
        onChange={(kind) => change({ subjectKind: kind ?? "" })}
        clearable
        w={{ base: "calc(50% - 6px)", xs: 130 }}
      />
      <SearchInput
        label="Its name"
        placeholder="any"
        value={search.subject ?? ""}
        onChange={(subject) => change({ subject })}
        width={130}
        maxLength={255}
        isHalf
      />
      <Moments label="From" value={search.since} onChange={(since) => change({ since })} />
      <Moments label="Before" value={search.until} onChange={(until) => change({ until })} />
    </Group>
  );
}

function Moments({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string) => void;
}) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      max="9999-12-31T23:59"
      value={toLocal(value)}
      onChange={(event) => onChange(event.currentTarget.value)}
      w={{ base: "100%", xs: 190 }}
    />
  );
}
