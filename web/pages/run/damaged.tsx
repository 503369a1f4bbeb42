// Stored files that are not what the host had, or could not be read.
import { Text } from "@mantine/core";
import { DataTable } from "../../parts/data-table.tsx";

interface Row {
  readonly path: string;
  readonly snapshots: number | null;
  readonly what: string;
  readonly now: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function rowsOf(result: Record<string, unknown>): Row[] {
  const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value : []);
  const state = (one: Record<string, unknown>): string => {
    if (one.repaired === "host") return "mended from the host";
    if (one.repaired === "copy") return "mended from a healthy copy";
    return text(one.whyNot) || (one.healthy == null ? "no healthy copy here" : "a healthy copy is here");
  };
  return [
    ...list(result.damaged).map((one) => ({
      path: text(one.path),
      snapshots: Array.isArray(one.snapshots) ? one.snapshots.length : null,
      what: "damaged",
      now: state(one),
    })),
    ...list(result.unreadable).map((one) => ({
      path: text(one.path),
      snapshots: null,
      what: `unreadable (${text(one.error)})`,
      now: one.repaired == null && text(one.whyNot) === "" ? "" : state(one),
    })),
  ];
}

export function Damaged({ result }: { result: Record<string, unknown> }) {
  const rows = rowsOf(result);
  if (rows.length === 0) return <Text size="sm">All of it is as the host had it.</Text>;
  return (
    <DataTable
      label="Damaged and unreadable files"
      rows={rows}
      rowKey={({ path, what }) => `${what} ${path}`}
      columns={[
        { key: "path", title: "File", cell: ({ path }) => <span className="verbatim">{path}</span> },
        { key: "what", title: "State", cell: ({ what }) => what },
        {
          key: "snapshots",
          title: "Snapshots",
          align: "right",
          cell: ({ snapshots }) => snapshots ?? "–",
          from: "sm",
        },
        { key: "now", title: "And now", cell: ({ now }) => now },
      ]}
    />
  );
}
