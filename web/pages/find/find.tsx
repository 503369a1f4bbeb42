// Finding files over all hosts and all history, also what is deleted by now.
import { Badge, Button, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Search, SearchX } from "lucide-react";
import { useState } from "react";
import { query } from "../../api/client.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { HostSelect } from "../../parts/host-select.tsx";
import { Page } from "../../parts/page.tsx";
import { parentOf } from "../../parts/path-words.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { snapshotMoment } from "../../parts/snapshot-moment.ts";
import { HostLink, TextLink } from "../../parts/text-link.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { numberText, sizeText } from "../../parts/words.ts";

const PAGE = 100;

export function Find() {
  const [search, change] = useFilters();
  const [typed, setTyped] = useState({ q: search.q ?? "", host: search.host ?? "" });
  return (
    <Page title="Find files" lead="In all snapshots of all hosts, also what is deleted by now.">
      <Stack gap="md">
        <form
          aria-label="Find files"
          onSubmit={(event) => {
            event.preventDefault();
            change({ q: typed.q, host: typed.host });
          }}
        >
          <Group gap="sm" align="flex-end">
            <TextInput
              style={{ flex: "1 1 280px" }}
              label="Name"
              description="Part of a name, in any case; or a glob: *.pdf, report-202?.txt, /etc/**/*.conf"
              autoFocus
              spellCheck={false}
              value={typed.q}
              onChange={(event) => setTyped({ ...typed, q: event.currentTarget.value })}
            />
            <HostSelect
              value={typed.host === "" ? undefined : typed.host}
              onChange={(host) => setTyped({ ...typed, host })}
            />
            <Button type="submit" leftSection={<Search size={16} aria-hidden />} disabled={typed.q === ""}>
              Find
            </Button>
          </Group>
        </form>
        {search.q === undefined ? (
          <EmptyState icon={Search} title="What is it called?">
            A part of its name is enough. With a slash in it, the pattern is held against the whole path.
          </EmptyState>
        ) : (
          <Findings pattern={search.q} host={search.host} />
        )}
        <CommandLine
          command={`pobsync find ${shellWord(search.q ?? "PATTERN")}${search.host === undefined ? "" : ` --host ${shellWord(search.host)}`}`}
        />
      </Stack>
    </Page>
  );
}

function Findings({ pattern, host }: { pattern: string; host: string | undefined }) {
  const found = useInfiniteQuery({
    ...query.files.search.infiniteOptions({
      input: (after: string | undefined) => ({
        ...{ pattern, limit: PAGE },
        ...(host === undefined ? {} : { host }),
        ...(after === undefined ? {} : { after }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
    placeholderData: keepPreviousData,
  });
  const skipped = found.data?.pages[0]?.skipped ?? [];
  return (
    <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
      <QueryView query={found} rows={8}>
        {({ pages }) => (
          <DataTable
            label="Found"
            rows={pages.flatMap(({ items }) => items)}
            rowKey={(entry) => `${entry.host} ${entry.path}`}
            empty={
              <EmptyState icon={SearchX} title="Nothing is, or was, called like that">
                Try a shorter part of the name.
              </EmptyState>
            }
            columns={[
              {
                key: "path",
                title: "Path",
                cell: (entry) => (
                  <>
                    <TextLink
                      to="/hosts/$host/files"
                      params={{ host: entry.host }}
                      search={{ snapshot: entry.lastSnapshot, path: parentOf(entry.path) } as never}
                      size="sm"
                      className="verbatim"
                    >
                      {entry.path}
                    </TextLink>
                    {entry.deleted ? (
                      <Badge color="orange" variant="light" tt="none" ml="xs">
                        deleted after {snapshotMoment(entry.lastSnapshot)}
                      </Badge>
                    ) : null}
                  </>
                ),
              },
              { key: "host", title: "Host", cell: (entry) => <HostLink host={entry.host} /> },
              {
                key: "versions",
                title: "Versions",
                align: "right",
                from: "sm",
                cell: ({ versions }) => numberText(versions),
              },
              {
                key: "size",
                title: "Size",
                align: "right",
                from: "xs",
                cell: ({ type, size }) => (type === "file" ? sizeText(size) : type),
              },
              {
                key: "do",
                title: "",
                align: "right",
                from: "sm",
                cell: (entry) => (
                  <TextLink
                    to="/hosts/$host/restore"
                    params={{ host: entry.host }}
                    search={{ snapshot: entry.lastSnapshot, path: entry.path } as never}
                    size="sm"
                  >
                    Restore …
                  </TextLink>
                ),
              },
            ]}
          />
        )}
      </QueryView>
      {skipped.map(({ host: name, problem }) => (
        <ProblemView key={name} problem={problem} title={`${name} could not be looked into`} tone="warning" />
      ))}
      {found.hasNextPage ? (
        <Button
          mt="sm"
          variant="default"
          size="xs"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          More
        </Button>
      ) : (
        <Text size="xs" c="dimmed" mt="xs">
          That is all.
        </Text>
      )}
    </Paper>
  );
}
