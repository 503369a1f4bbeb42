// The rows of one table as they are stored: to be looked through, not to be changed.
import { Alert, Group, Paper, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { PencilLine, Table2 } from "lucide-react";
import { useState } from "react";
import { query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { MoreButton } from "../../parts/more-button.tsx";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { SearchInput } from "../../parts/search-input.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { countText, numberText } from "../../parts/words.ts";
import { AdminsOnly } from "../admin/admins-only.tsx";
import { EDITED_WHERE, TABLE_WORDS } from "../admin/table-words.ts";
import { RowDrawer } from "./row-drawer.tsx";
import { RowTable } from "./row-table.tsx";
import type { Row, Rows } from "./row-types.ts";

const PAGE = 50;

export function AdminTable() {
  const { table = "" } = useParams({ strict: false });
  if (!useMay("admin")) return <AdminsOnly />;
  return (
    <Page
      title={table}
      lead={
        <>
          {TABLE_WORDS[table] === undefined ? null : <>{TABLE_WORDS[table]} · </>}
          <TextLink to="/admin/$section" params={{ section: "tables" }}>
            all tables
          </TextLink>
        </>
      }
    >
      {/* Another table begins without the row that is open, and at its own top. */}
      <TableRows key={table} table={table} />
    </Page>
  );
}

function TableRows({ table }: { table: string }) {
  const [search, change] = useFilters();
  const [open, setOpen] = useState<Row | null>(null);
  const order = search.order === "asc" || search.order === "desc" ? search.order : undefined;
  const rows = useInfiniteQuery(
    query.admin.rows.infiniteOptions({
      input: (after: string | undefined) => ({
        table,
        ...(search.q === undefined ? {} : { q: search.q }),
        ...(search.sort === undefined ? {} : { sort: search.sort }),
        ...(order === undefined ? {} : { order }),
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  const [first] = rows.data?.pages ?? [];
  return (
    <Stack gap="md">
      <EditedElsewhere table={table} />
      <Group gap="sm" align="flex-end" justify="space-between">
        <SearchInput
          label="Find"
          placeholder="text, or a whole number"
          value={search.q ?? ""}
          onChange={(q) => change({ q })}
          width={280}
          withIcon
        />
        {first === undefined ? null : (
          <Text size="sm" c="dimmed" role="status">
            {totalText(first, search.q !== undefined)}
          </Text>
        )}
      </Group>
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={rows} rows={10}>
          {({ pages }) => (
            <RowTable
              table={table}
              columns={pages[0]?.columns ?? []}
              rows={pages.flatMap(({ items }) => items)}
              sorting={{
                by: search.sort ?? "",
                order: order ?? "asc",
                change: (by, next) => change({ sort: by, order: next }),
              }}
              open={setOpen}
              empty={
                <EmptyState
                  icon={Table2}
                  title={search.q === undefined ? "The table is empty" : "No row contains that"}
                >
                  {rows.hasNextPage
                    ? "A part of the table was looked through. Look through the rest below."
                    : null}
                </EmptyState>
              }
            />
          )}
        </QueryView>
        <MoreButton query={rows}>{search.q === undefined ? "More rows" : "Look further"}</MoreButton>
      </Paper>
      <RowDrawer table={table} columns={first?.columns ?? []} row={open} close={() => setOpen(null)} />
    </Stack>
  );
}

function totalText({ total, more }: Rows, isFiltered: boolean): string {
  if (total === null) return "not counted: the table is large";
  if (more) return `more than ${numberText(total)} rows`;
  return isFiltered ? `${countText(total, "row")} like that` : countText(total, "row");
}

function EditedElsewhere({ table }: { table: string }) {
  const place = EDITED_WHERE[table];
  if (place === undefined) return null;
  return (
    <Alert color="gray" variant="light" icon={<PencilLine size={18} aria-hidden />}>
      <Text size="sm">
        Rows are not changed here: rules, checks and the audit live where they are edited, under{" "}
        <TextLink to={place.to} size="sm">
          {place.label}
        </TextLink>
        . Open a row to go to its own page.
      </Text>
    </Alert>
  );
}
