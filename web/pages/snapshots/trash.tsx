// Snapshots that were removed and can still be brought back.
import { Button, Group, Paper, Stack } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { SnapshotJson } from "../../../src/contract/types.ts";
import { client, query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { TypedConfirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Moment } from "../../parts/moment.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { HostLink } from "../../parts/text-link.tsx";
import { tellDone, tellFailure } from "../../parts/told.tsx";
import { sizeText } from "../../parts/words.ts";

const PAGE = 100;
const CONFIRM = "empty the trash";

export function Trash() {
  const queries = useQueryClient();
  const isAdmin = useMay("admin");
  const [isEmptying, setEmptying] = useState(false);
  const trash = useInfiniteQuery(
    query.snapshots.trash.infiniteOptions({
      input: (after: string | undefined) => ({ limit: PAGE, ...(after === undefined ? {} : { after }) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  const items = trash.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="md">
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={trash}>
          {() => (
            <DataTable
              label="Trash"
              rows={items}
              rowKey={({ host, name }) => `${host} ${name}`}
              columns={[
                { key: "host", title: "Host", cell: ({ host }) => <HostLink host={host} /> },
                {
                  key: "name",
                  title: "Snapshot",
                  cell: ({ startedAt }) => <Moment at={startedAt} as="date" />,
                },
                {
                  key: "bytes",
                  title: "Size",
                  align: "right",
                  from: "sm",
                  cell: ({ bytes }) => (bytes === null ? "–" : sizeText(bytes)),
                },
                { key: "until", title: "Deleted", cell: ({ trashUntil }) => <Moment at={trashUntil} /> },
                {
                  key: "do",
                  title: "",
                  align: "right",
                  cell: (snapshot) => <BringBack snapshot={snapshot} />,
                },
              ]}
              empty={
                <EmptyState icon={Trash2} title="The trash is empty">
                  With <b>--trash-keep</b> what a prune removes lies here for a while before it is deleted.
                </EmptyState>
              }
            />
          )}
        </QueryView>
        <Group mt="sm">
          {trash.hasNextPage ? (
            <Button
              variant="default"
              size="xs"
              loading={trash.isFetchingNextPage}
              onClick={() => void trash.fetchNextPage()}
            >
              More
            </Button>
          ) : null}
          {isAdmin && items.length > 0 ? (
            <Button color="red" variant="light" size="xs" onClick={() => setEmptying(true)}>
              Empty the trash …
            </Button>
          ) : null}
        </Group>
      </Paper>
      <TypedConfirm
        opened={isEmptying}
        close={() => setEmptying(false)}
        title="Empty the trash"
        word={CONFIRM}
        action="Delete for good"
        command="pobsync empty-trash --all --yes"
        run={async () => {
          const { items: runs } = await client.snapshots.emptyTrash({ confirm: CONFIRM });
          tellDone(`Queued for ${runs.length} ${runs.length === 1 ? "host" : "hosts"}.`);
          await queries.invalidateQueries({ queryKey: query.snapshots.key() });
        }}
      >
        Everything in the trash is deleted for good, of all hosts. Nothing brings it back.
      </TypedConfirm>
      <CommandLine command="pobsync empty-trash" />
    </Stack>
  );
}

function BringBack({ snapshot: { host, name } }: { snapshot: SnapshotJson }) {
  const may = useMay("operator");
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  if (!may) return null;
  const bringBack = async (): Promise<void> => {
    setBusy(true);
    try {
      const { id } = await client.snapshots.bringBack({ host, snapshot: name });
      await navigate({ to: "/runs/$id", params: { id: String(id) } });
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="compact-xs"
      variant="light"
      loading={isBusy}
      onClick={() => void bringBack()}
      aria-label={`Bring back ${name} of ${host}`}
    >
      Bring back
    </Button>
  );
}
