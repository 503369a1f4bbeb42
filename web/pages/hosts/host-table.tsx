// Hosts in a table that the server sorts.
import { Badge, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { HostJson } from "../../../src/contract/types.ts";
import { BackUpButton } from "../../parts/back-up-button.tsx";
import { DataTable, type Sorting } from "../../parts/data-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { HealthBadge, RunBadge } from "../../parts/status-badge.tsx";
import { HostLink, RunLink } from "../../parts/text-link.tsx";
import { useNodes } from "../../parts/use-nodes.ts";
import { numberText } from "../../parts/words.ts";

const SORTS = ["name", "health", "lastSuccess", "nextDue"] as const;
export type HostSort = (typeof SORTS)[number];
export const isHostSort = (text: string | undefined): text is HostSort => SORTS.some((sort) => sort === text);

export function HostTable({
  hosts,
  sorting,
  choose,
  empty,
}: {
  hosts: readonly HostJson[];
  sorting: Sorting;
  /** Shows only hosts with this tag. */
  choose: (tag: string) => void;
  empty: ReactNode;
}) {
  const { isSpread } = useNodes();
  return (
    <DataTable
      label="Hosts"
      rows={hosts}
      rowKey={({ name }) => name}
      sorting={sorting}
      empty={empty}
      columns={[
        {
          key: "name",
          title: "Host",
          sorts: true,
          cell: ({ name, address, transport, node, tags }) => (
            <>
              <HostLink host={name} />
              <Text size="xs" c="dimmed" className="breakable">
                {transport === "local" ? "this machine" : address}
                {isSpread ? `, kept on ${node}` : null}
              </Text>
              <TagChips tags={tags} choose={choose} />
            </>
          ),
        },
        {
          key: "health",
          title: "Health",
          sorts: true,
          cell: ({ health }) => <HealthBadge health={health} />,
        },
        {
          key: "lastSuccess",
          title: "Last success",
          sorts: true,
          from: "xs",
          cell: ({ lastSuccessAt }) => <Moment at={lastSuccessAt} />,
        },
        {
          key: "nextDue",
          title: "Next due",
          sorts: true,
          from: "sm",
          cell: ({ nextDueAt }) => (nextDueAt === null ? "not scheduled" : <Moment at={nextDueAt} />),
        },
        {
          key: "lastRun",
          title: "Last run",
          from: "md",
          cell: ({ lastRun }) =>
            lastRun === null ? (
              "–"
            ) : (
              <>
                <RunBadge status={lastRun.status} /> <RunLink id={lastRun.id} />
              </>
            ),
        },
        {
          key: "snapshots",
          title: "Snapshots",
          align: "right",
          from: "md",
          cell: ({ snapshots }) => numberText(snapshots),
        },
        {
          key: "do",
          title: "",
          align: "right",
          from: "sm",
          cell: ({ name, enabled }) => (
            <BackUpButton host={name} size="compact-xs" variant="light" disabled={!enabled} />
          ),
        },
      ]}
    />
  );
}

function TagChips({ tags, choose }: { tags: readonly string[]; choose: (tag: string) => void }) {
  if (tags.length === 0) return null;
  return (
    <Group gap={4} mt={2}>
      {tags.map((tag) => (
        <Badge
          key={tag}
          component="button"
          type="button"
          size="sm"
          variant="default"
          tt="none"
          style={{ cursor: "pointer" }}
          aria-label={`Only hosts with the tag ${tag}`}
          onClick={() => choose(tag)}
        >
          {tag}
        </Badge>
      ))}
    </Group>
  );
}
