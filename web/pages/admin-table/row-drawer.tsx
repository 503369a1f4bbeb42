// One row with everything in it, and the way to the page where it is changed.
import { Anchor, Code, Collapse, Drawer, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../api/client.ts";
import { FactList } from "../../parts/fact-list.tsx";
import { ButtonLink } from "../../parts/text-link.tsx";
import type { Column, Row } from "./row-types.ts";
import { isBlock, wholeText } from "./values.ts";

export function RowDrawer({
  table,
  columns,
  row,
  close,
}: {
  table: string;
  columns: readonly Column[];
  row: Row | null;
  close: () => void;
}) {
  return (
    <Drawer opened={row !== null} onClose={close} position="right" size="lg" title={`A row of ${table}`}>
      {row === null ? null : (
        <Stack gap="md">
          <OwnPage table={table} row={row} />
          <FactList
            label={`A row of ${table}`}
            facts={columns.map(({ name, kind }) => ({
              name,
              value: isBlock(kind, row[name]) ? (
                <Data text={wholeText(kind, row[name])} name={name} />
              ) : (
                wholeText(kind, row[name])
              ),
            }))}
          />
        </Stack>
      )}
    </Drawer>
  );
}

const LINES_SHOWN = 8;

function Data({ text, name }: { text: string; name: string }) {
  const lines = text.split("\n");
  const [isOpen, { toggle }] = useDisclosure(lines.length <= LINES_SHOWN);
  return (
    <Stack gap={4} align="stretch">
      {lines.length <= LINES_SHOWN ? null : (
        <Anchor component="button" type="button" size="sm" ta="start" onClick={toggle} aria-expanded={isOpen}>
          {isOpen ? `Hide ${name}` : `Show ${name} (${lines.length} lines)`}
        </Anchor>
      )}
      <Collapse expanded={isOpen}>
        <Code block className="verbatim">
          {text}
        </Code>
      </Collapse>
    </Stack>
  );
}

const textAt = (row: Row, name: string): string => String(row[name] ?? "");

function OwnPage({ table, row }: { table: string; row: Row }) {
  switch (table) {
    case "settings":
      return <Go to="/settings" params={{}} label="Change it under Settings" />;
    case "users":
      return (
        <Group>
          <ButtonLink
            to="/admin/$section"
            params={{ section: "people" }}
            search={{ q: textAt(row, "username") } as never}
            size="xs"
          >
            Change {textAt(row, "username")} under People
          </ButtonLink>
        </Group>
      );
    case "hosts":
      return (
        <Go
          to="/hosts/$host/$tab"
          params={{ host: textAt(row, "name"), tab: "configuration" }}
          label={`Change ${textAt(row, "name")}`}
        />
      );
    case "runs":
      return <Go to="/runs/$id" params={{ id: textAt(row, "id") }} label={`To run ${textAt(row, "id")}`} />;
    case "run_leases":
    case "host_locks":
      return (
        <Go to="/runs/$id" params={{ id: textAt(row, "runId") }} label={`To run ${textAt(row, "runId")}`} />
      );
    case "schedules":
    case "snapshots":
      return <OfHost table={table} row={row} />;
    default:
      return null;
  }
}

function Go({ to, params, label }: { to: string; params: Record<string, string>; label: string }) {
  return (
    <Group>
      <ButtonLink to={to} params={params as never} size="xs">
        {label}
      </ButtonLink>
    </Group>
  );
}

const LOOKED_THROUGH = 500;

/** The row knows only its host's number, so the host's name is looked up first. */
function OfHost({ table, row }: { table: "schedules" | "snapshots"; row: Row }) {
  const { data, isPending } = useQuery(
    query.admin.rows.queryOptions({
      input: { table: "hosts", q: textAt(row, "hostId"), limit: LOOKED_THROUGH },
    }),
  );
  if (isPending) return null;
  const host = data?.items.find(({ id }) => id === row.hostId)?.name;
  if (typeof host !== "string")
    return (
      <Text size="sm" c="dimmed">
        Its host is not found.
      </Text>
    );
  return table === "schedules" ? (
    <Go to="/hosts/$host/$tab" params={{ host, tab: "schedules" }} label={`Change it with ${host}`} />
  ) : (
    <Go
      to="/snapshots/$host/$snapshot"
      params={{ host, snapshot: textAt(row, "name") }}
      label={`To the snapshot of ${host}`}
    />
  );
}
