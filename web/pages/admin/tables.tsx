// Every table of the database, with how many rows it has.
import { Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../api/client.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { numberText } from "../../parts/words.ts";
import { EDITED_WHERE, TABLE_WORDS } from "./table-words.ts";

export function Tables() {
  const tables = useQuery(query.admin.tables.queryOptions());
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed" maw={720}>
        What pobsync keeps in SQL, as it is stored; only what proves who somebody is stays hidden. Rows are
        read here and changed on the pages of what they are about, because rules, checks and the audit live
        there.
      </Text>
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={tables} rows={13}>
          {({ items }) => (
            <DataTable
              label="Tables"
              rows={items}
              rowKey={({ name }) => name}
              columns={[
                {
                  key: "name",
                  title: "Table",
                  cell: ({ name }) => (
                    <TextLink to="/admin/tables/$table" params={{ table: name }} fw={500}>
                      {name}
                    </TextLink>
                  ),
                },
                {
                  key: "words",
                  title: "Holds",
                  cell: ({ name }) => TABLE_WORDS[name] ?? "",
                  from: "sm",
                },
                {
                  key: "edit",
                  title: "Changed under",
                  cell: ({ name }) => {
                    const place = EDITED_WHERE[name];
                    return place === undefined ? (
                      <Text span size="sm" c="dimmed">
                        pobsync alone
                      </Text>
                    ) : (
                      <TextLink to={place.to} size="sm">
                        {place.label}
                      </TextLink>
                    );
                  },
                  from: "md",
                },
                {
                  key: "rows",
                  title: "Rows",
                  align: "right",
                  cell: ({ rows, more }) => `${more ? "more than " : ""}${numberText(rows)}`,
                },
              ]}
            />
          )}
        </QueryView>
      </Paper>
    </Stack>
  );
}
