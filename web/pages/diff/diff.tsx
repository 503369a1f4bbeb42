// What is other between two snapshots.
import { Badge, Button, Group, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ArrowLeftRight, Equal } from "lucide-react";
import { query } from "../../api/client.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Page } from "../../parts/page.tsx";
import { parentOf } from "../../parts/path-words.ts";
import { QueryView } from "../../parts/query-view.tsx";
import { SnapshotSelect } from "../../parts/snapshot-select.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { numberText, sizeText } from "../../parts/words.ts";
import { PathBar } from "../files/path-bar.tsx";

const PAGE = 200;
const COLORS = { added: "teal", changed: "blue", removed: "orange" } as const;

export function Diff() {
  const { host = "" } = useParams({ strict: false });
  const [search, change] = useFilters();
  const path = search.path ?? "/";
  const newest = useQuery(
    query.snapshots.list.queryOptions({ input: { host, state: "complete", limit: 2 } }),
  );
  const to = search.to ?? "latest";
  // Without a word of its own it is the one before the newest.
  const from = search.from ?? newest.data?.items[1]?.name ?? newest.data?.items[0]?.name ?? "";
  return (
    <Page title={`Compare snapshots of ${host}`}>
      <Stack gap="md">
        <Group gap="sm" align="flex-end">
          <SnapshotSelect label="From" host={host} value={from} onChange={(name) => change({ from: name })} />
          <Button
            variant="default"
            onClick={() =>
              change({ from: to === "latest" ? (newest.data?.items[0]?.name ?? "") : to, to: from })
            }
            aria-label="Exchange the two"
            px="sm"
          >
            <ArrowLeftRight size={16} aria-hidden />
          </Button>
          <SnapshotSelect
            label="To"
            host={host}
            value={to}
            withLatest
            onChange={(name) => change({ to: name === "latest" ? "" : name })}
          />
        </Group>
        <PathBar path={path} go={(next) => change({ path: next === "/" ? "" : next })} />
        {from === "" && newest.isPending ? (
          <Skeleton height={240} radius="md" />
        ) : from === "" ? (
          <EmptyState icon={Equal} title="There are no two snapshots to compare">
            After the second backup there are.
          </EmptyState>
        ) : (
          <Differences host={host} from={from} to={to} path={path} />
        )}
        <CommandLine
          command={`pobsync diff ${shellWord(host)} ${from || "A"} ${to}${path === "/" ? "" : ` ${shellWord(path)}`}`}
        />
      </Stack>
    </Page>
  );
}

function Differences({ host, from, to, path }: { host: string; from: string; to: string; path: string }) {
  const diff = useInfiniteQuery({
    ...query.files.diff.infiniteOptions({
      input: (after: string | undefined) => ({
        ...{ host, from, to, path, limit: PAGE },
        ...(after === undefined ? {} : { after }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
    placeholderData: keepPreviousData,
  });
  const summary = diff.data?.pages[0]?.summary;
  return (
    <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
      {summary === undefined ? null : (
        <Group gap="xs" mb="sm">
          {(["added", "changed", "removed"] as const).map((what) => (
            <Badge key={what} color={COLORS[what]} variant="light" tt="none">
              {numberText(summary[what])} {what}
            </Badge>
          ))}
          <Text size="sm" c="dimmed">
            {sizeText(summary.bytesBefore)} before, {sizeText(summary.bytesAfter)} after
          </Text>
        </Group>
      )}
      <QueryView query={diff} rows={10}>
        {({ pages }) => (
          <DataTable
            label="Differences"
            rows={pages.flatMap(({ items }) => items)}
            rowKey={({ path: key, change }) => `${change} ${key}`}
            empty={
              <EmptyState icon={Equal} title="Nothing is other">
                Here both snapshots are the same.
              </EmptyState>
            }
            columns={[
              {
                key: "change",
                title: "",
                cell: ({ change, differs }) => (
                  <>
                    <Badge color={COLORS[change]} variant="light" tt="none">
                      {change}
                    </Badge>
                    {differs.length === 0 ? null : (
                      <Text size="xs" c="dimmed">
                        {differs.join(", ")}
                      </Text>
                    )}
                  </>
                ),
              },
              {
                key: "path",
                title: "Path",
                cell: ({ path: place, change }) => (
                  <TextLink
                    to="/hosts/$host/files"
                    params={{ host }}
                    search={{ snapshot: change === "removed" ? from : to, path: parentOf(place) } as never}
                    size="sm"
                    className="verbatim"
                  >
                    {place}
                  </TextLink>
                ),
              },
              { key: "type", title: "Type", from: "md", cell: ({ type }) => type },
              {
                key: "before",
                title: "Before",
                align: "right",
                from: "sm",
                cell: ({ sizeBefore }) => (sizeBefore === null ? "–" : sizeText(sizeBefore)),
              },
              {
                key: "after",
                title: "After",
                align: "right",
                cell: ({ sizeAfter }) => (sizeAfter === null ? "–" : sizeText(sizeAfter)),
              },
            ]}
          />
        )}
      </QueryView>
      {diff.hasNextPage ? (
        <Button
          mt="sm"
          variant="default"
          size="xs"
          loading={diff.isFetchingNextPage}
          onClick={() => void diff.fetchNextPage()}
        >
          More
        </Button>
      ) : null}
    </Paper>
  );
}
