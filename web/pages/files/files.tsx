// The browser: a host's folders as they were in any snapshot.
import { Drawer, Grid, Group, Paper, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback, useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Filter } from "lucide-react";
import { useState } from "react";
import { query } from "../../api/client.ts";
import type { Entry } from "../../api/types.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { SnapshotSelect } from "../../parts/snapshot-select.tsx";
import { ButtonLink } from "../../parts/text-link.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { EntryList } from "./entry-list.tsx";
import { EntryPanel } from "./entry-panel.tsx";
import { FolderActions } from "./folder-actions.tsx";
import { PathBar } from "./path-bar.tsx";

const PAGE = 250;

export function Files() {
  const { host = "" } = useParams({ strict: false });
  const [search, change] = useFilters();
  const snapshot = search.snapshot ?? "latest";
  const path = search.path ?? "/";
  const [chosen, setChosen] = useState<Entry | null>(null);
  const isWide = useMediaQuery("(min-width: 62em)") === true;
  const listing = useInfiniteQuery({
    ...query.files.list.infiniteOptions({
      input: (after: string | undefined) => ({
        ...{ host, snapshot, path, limit: PAGE },
        ...(search.q === undefined ? {} : { q: search.q }),
        ...(after === undefined ? {} : { after }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
    placeholderData: keepPreviousData,
  });
  const found = listing.data?.pages[0]?.snapshot ?? snapshot;
  const go = (next: string): void => {
    setChosen(null);
    change({ path: next === "/" ? "" : next, q: "" }, "push");
  };
  const panel =
    chosen === null ? null : (
      <EntryPanel
        host={host}
        snapshot={found}
        entry={chosen}
        go={(name) => change({ snapshot: name }, "push")}
      />
    );
  return (
    <Page
      title={`Files of ${host}`}
      lead={<span className="verbatim">{found}</span>}
      actions={
        <ButtonLink to="/hosts/$host" params={{ host }} variant="default">
          To the host
        </ButtonLink>
      }
    >
      <Stack gap="md">
        <Group gap="sm" align="flex-end">
          <SnapshotSelect
            label="As it was"
            host={host}
            value={snapshot}
            withLatest
            onChange={(name) => change({ snapshot: name === "latest" ? "" : name })}
          />
          <FilterBox key={path} value={search.q ?? ""} change={(q) => change({ q })} />
        </Group>
        <PathBar path={path} go={go} />
        <FolderActions host={host} snapshot={found} path={path} />
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: panel !== null && isWide ? 7 : 12 }}>
            <Paper withBorder radius="md" style={{ overflow: "hidden" }}>
              <QueryView query={listing} rows={12}>
                {({ pages }) => (
                  <EntryList
                    entries={pages.flatMap(({ items }) => items)}
                    path={path}
                    isFiltered={search.q !== undefined}
                    chosen={chosen?.path ?? null}
                    choose={setChosen}
                    go={go}
                    more={
                      listing.hasNextPage && !listing.isFetchingNextPage
                        ? () => void listing.fetchNextPage()
                        : null
                    }
                  />
                )}
              </QueryView>
            </Paper>
          </Grid.Col>
          {panel !== null && isWide ? <Grid.Col span={5}>{panel}</Grid.Col> : null}
        </Grid>
        <Drawer
          opened={panel !== null && !isWide}
          onClose={() => setChosen(null)}
          position="bottom"
          size="85%"
          title="Entry"
        >
          {panel}
        </Drawer>
        <CommandLine
          command={`pobsync ls ${shellWord(`${host}:${path}`)}${snapshot === "latest" ? "" : ` --snapshot ${snapshot}`}`}
        />
      </Stack>
    </Page>
  );
}

function FilterBox({ value, change }: { value: string; change: (q: string) => void }) {
  const later = useDebouncedCallback((text: string) => change(text), 250);
  return (
    <TextInput
      label="In this folder"
      placeholder="part of a name"
      leftSection={<Filter size={15} aria-hidden />}
      defaultValue={value}
      onChange={(event) => later(event.currentTarget.value)}
      spellCheck={false}
      w={{ base: "100%", xs: 240 }}
    />
  );
}
