// All hosts: how each is, and what can be done.
import { Button, Group, MultiSelect, Paper, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Plus, Search, Server } from "lucide-react";
import type { HostJson } from "../../../src/contract/types.ts";
import { query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { healthLook } from "../../parts/status-badge.tsx";
import { ButtonLink } from "../../parts/text-link.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { countText } from "../../parts/words.ts";
import { type HostSort, HostTable, isHostSort } from "./host-table.tsx";

const PAGE = 100;
const HEALTH: readonly HostJson["health"][] = ["failing", "never", "late", "fresh", "disabled"];

export function Hosts() {
  const isAdmin = useMay("admin");
  const [search, change] = useFilters();
  const health = HEALTH.filter((word) => search.health?.split(",").includes(word));
  const tags = (search.tag ?? "").split(",").filter((tag) => tag !== "");
  const sort: HostSort = isHostSort(search.sort) ? search.sort : "health";
  const order = search.order === "desc" ? "desc" : "asc";
  const hosts = useInfiniteQuery({
    ...query.hosts.list.infiniteOptions({
      input: (after: string | undefined) => ({
        ...({ sort, order, limit: PAGE } as const),
        ...(search.q === undefined ? {} : { q: search.q }),
        ...(health.length === 0 ? {} : { health: health.join(",") }),
        ...(tags.length === 0 ? {} : { tag: tags.join(",") }),
        ...(after === undefined ? {} : { after }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
    placeholderData: keepPreviousData,
  });
  const isFiltered = search.q !== undefined || health.length > 0 || tags.length > 0;
  const known = new Set(hosts.data?.pages.flatMap(({ items }) => items.flatMap((host) => host.tags)));
  return (
    <Page
      title="Hosts"
      lead={hosts.data === undefined ? undefined : countText(hosts.data.pages[0]?.total ?? 0, "host")}
      actions={
        isAdmin ? (
          <ButtonLink to="/hosts/new" leftSection={<Plus size={16} aria-hidden />}>
            Add a host
          </ButtonLink>
        ) : undefined
      }
    >
      <Stack gap="md">
        <Group gap="sm" align="flex-end">
          <SearchBox value={search.q ?? ""} change={(q) => change({ q })} />
          <MultiSelect
            label="Health"
            placeholder={health.length === 0 ? "any" : ""}
            data={HEALTH.map((value) => ({ value, label: healthLook(value).word }))}
            value={[...health]}
            onChange={(chosen) => change({ health: chosen.join(",") })}
            clearable
            w={{ base: "100%", xs: 260 }}
          />
          <TagsInput
            label="Tags"
            placeholder={tags.length === 0 ? "any" : ""}
            data={[...known].sort()}
            value={tags}
            onChange={(chosen) => change({ tag: chosen.join(",") })}
            splitChars={[",", " "]}
            spellCheck={false}
            clearable
            w={{ base: "100%", xs: 260 }}
          />
        </Group>
        <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
          <QueryView query={hosts} rows={10}>
            {({ pages }) => (
              <HostTable
                hosts={pages.flatMap(({ items }) => items)}
                choose={(tag) => change({ tag: [...new Set([...tags, tag])].join(",") }, "push")}
                sorting={{ by: sort, order, change: (by, next) => change({ sort: by, order: next }) }}
                empty={
                  <EmptyState
                    icon={Server}
                    title={isFiltered ? "No host is like that" : "There are no hosts yet"}
                    action={
                      isFiltered ? (
                        <Button
                          variant="default"
                          size="xs"
                          onClick={() => change({ q: "", health: "", tag: "" })}
                        >
                          Show all
                        </Button>
                      ) : isAdmin ? (
                        <ButtonLink to="/hosts/new" size="xs" mt="sm">
                          Add the first one
                        </ButtonLink>
                      ) : null
                    }
                  >
                    {isFiltered
                      ? null
                      : "A host is a machine that is backed up: it needs sshd and rsync, nothing else."}
                  </EmptyState>
                }
              />
            )}
          </QueryView>
          {hosts.hasNextPage ? (
            <Group mt="sm">
              <Button
                variant="default"
                size="xs"
                loading={hosts.isFetchingNextPage}
                onClick={() => void hosts.fetchNextPage()}
              >
                More hosts
              </Button>
              <Text size="xs" c="dimmed">
                {countText(hosts.data?.pages.reduce((sum, { items }) => sum + items.length, 0) ?? 0, "host")}{" "}
                shown
              </Text>
            </Group>
          ) : null}
        </Paper>
        <CommandLine command="pobsync hosts" />
      </Stack>
    </Page>
  );
}

function SearchBox({ value, change }: { value: string; change: (q: string) => void }) {
  const later = useDebouncedCallback((text: string) => change(text.trim()), 300);
  return (
    <TextInput
      key={value === "" ? "empty" : "filled"}
      label="Name or address"
      placeholder="part of it"
      leftSection={<Search size={15} aria-hidden />}
      defaultValue={value}
      onChange={(event) => later(event.currentTarget.value)}
      spellCheck={false}
      w={{ base: "100%", xs: 260 }}
    />
  );
}
