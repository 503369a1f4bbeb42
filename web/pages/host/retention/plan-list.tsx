// The plan as a list: each snapshot with why it stays, or that no rule keeps it.
import { Badge, Button, Group, Paper, Text } from "@mantine/core";
import { Archive, Check, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Plan } from "../../../api/types.ts";
import { DataTable } from "../../../parts/data-table.tsx";
import { EmptyState } from "../../../parts/empty-state.tsx";
import { TextLink } from "../../../parts/text-link.tsx";
import { countText, momentText, sizeText } from "../../../parts/words.ts";

const SHOWN_AT_FIRST = 100;

/** `compared`: the plan under the rules that hold, when `plan` is that of others. */
export function PlanList({ host, plan, compared }: { host: string; plan: Plan; compared: Plan | null }) {
  const [limit, setLimit] = useState(SHOWN_AT_FIRST);
  const went = new Set(compared?.remove.map(({ snapshot }) => snapshot.name));
  const rows = [
    ...plan.keep.map(({ snapshot, reasons }) => ({ snapshot, reasons })),
    ...plan.remove.map(({ snapshot }) => ({ snapshot, reasons: null })),
  ].sort((a, b) => b.snapshot.startedAt.localeCompare(a.snapshot.startedAt));
  const isOther = (name: string, goes: boolean): boolean => compared !== null && went.has(name) !== goes;
  return (
    <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
      <DataTable
        label="Retention plan"
        rows={rows.slice(0, limit)}
        rowKey={({ snapshot }) => snapshot.name}
        empty={
          <EmptyState icon={Archive} title="There are no snapshots yet">
            After the first backup this says what stays, and why.
          </EmptyState>
        }
        columns={[
          {
            key: "fate",
            title: "",
            cell: ({ snapshot, reasons }) => (
              <Group gap={4}>
                {reasons === null ? (
                  <Badge
                    color="orange"
                    variant="light"
                    tt="none"
                    leftSection={<Trash2 size={12} aria-hidden />}
                  >
                    goes
                  </Badge>
                ) : (
                  <Badge color="teal" variant="light" tt="none" leftSection={<Check size={12} aria-hidden />}>
                    stays
                  </Badge>
                )}
                {isOther(snapshot.name, reasons === null) ? (
                  <Badge color="blue" variant="outline" tt="none">
                    other than now
                  </Badge>
                ) : null}
              </Group>
            ),
          },
          {
            key: "snapshot",
            title: "Snapshot",
            cell: ({ snapshot }) => (
              <TextLink
                to="/snapshots/$host/$snapshot"
                params={{ host, snapshot: snapshot.name }}
                size="sm"
                className="nowrap"
              >
                {momentText(snapshot.startedAt)}
              </TextLink>
            ),
          },
          {
            key: "why",
            title: "Why",
            cell: ({ reasons }) => (
              <Text size="sm" c={reasons === null ? "dimmed" : undefined}>
                {reasons === null ? "no rule keeps it" : reasons.join(", ")}
              </Text>
            ),
          },
          {
            key: "new",
            title: "New data",
            align: "right",
            from: "sm",
            cell: ({ snapshot: { newBytes } }) => (newBytes === null ? "–" : sizeText(newBytes)),
          },
        ]}
      />
      {rows.length > limit ? (
        <Button mt="sm" size="xs" variant="default" onClick={() => setLimit(rows.length)}>
          Show all of {countText(rows.length, "snapshot")}
        </Button>
      ) : null}
    </Paper>
  );
}
