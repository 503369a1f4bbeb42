// All versions of a path, newest first, each with the way back to it.
import { Button, Group, Text } from "@mantine/core";
import { Download } from "lucide-react";
import type { client } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { downloadUrl } from "../../parts/path-words.ts";
import { snapshotMoment } from "../../parts/snapshot-moment.ts";
import { countText, momentText, sizeText } from "../../parts/words.ts";

type Version = Awaited<ReturnType<typeof client.files.versions>>["items"][number];

export function Versions({
  host,
  path,
  items,
  go,
}: {
  host: string;
  path: string;
  items: readonly Version[];
  go: (snapshot: string) => void;
}) {
  const may = useMay("operator");
  return (
    <DataTable
      label="Versions"
      rows={items}
      rowKey={({ firstSnapshot }) => firstSnapshot}
      columns={[
        {
          key: "when",
          title: "In snapshots",
          cell: ({ firstSnapshot, lastSnapshot, snapshots }) => (
            <>
              <Text size="sm">
                {snapshotMoment(lastSnapshot)}
                {firstSnapshot === lastSnapshot ? "" : ` back to ${snapshotMoment(firstSnapshot)}`}
              </Text>
              <Text size="xs" c="dimmed">
                {countText(snapshots, "snapshot")}
              </Text>
            </>
          ),
        },
        {
          key: "what",
          title: "Modified",
          from: "xs",
          cell: ({ mtime, type }) => (mtime === null ? type : momentText(mtime)),
        },
        {
          key: "size",
          title: "Size",
          align: "right",
          cell: ({ type, size }) => (type === "file" ? sizeText(size) : type),
        },
        {
          key: "do",
          title: "",
          align: "right",
          cell: ({ lastSnapshot, type }) => (
            <Group gap={4} justify="flex-end" wrap="nowrap">
              <Button size="compact-xs" variant="subtle" onClick={() => go(lastSnapshot)}>
                See
              </Button>
              {may && type === "file" ? (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  component="a"
                  href={downloadUrl(host, { snapshot: lastSnapshot, path, format: "raw" })}
                  download
                  aria-label={`Download the version of ${snapshotMoment(lastSnapshot)}`}
                >
                  <Download size={14} aria-hidden />
                </Button>
              ) : null}
            </Group>
          ),
        },
      ]}
    />
  );
}
