// Runs in a table: what, of which host, how it ended, when.
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { ListedRunJson, RunJson } from "../../src/contract/types.ts";
import { type Column, DataTable } from "./data-table.tsx";
import { Moment } from "./moment.tsx";
import { KIND_WORDS } from "./phase-words.ts";
import { isOpen } from "./run-actions.tsx";
import { RunProgress } from "./run-progress.tsx";
import { RunBadge } from "./status-badge.tsx";
import { HostLink, RunLink } from "./text-link.tsx";
import { useNow } from "./use-now.ts";
import { durationText, sizeText } from "./words.ts";

/** A list says why what is queued waits. */
type ShownRun = RunJson & Partial<Pick<ListedRunJson, "waiting">>;

export function RunTable({
  runs,
  label,
  brief = false,
  withoutHost = false,
  empty,
}: {
  runs: readonly ShownRun[];
  label: string;
  /** Only the columns that tell how it went. */
  brief?: boolean;
  withoutHost?: boolean;
  empty?: ReactNode;
}) {
  const columns: readonly Column<ShownRun>[] = [
    { key: "id", title: "Run", cell: ({ id }) => <RunLink id={id} /> },
    ...(withoutHost
      ? []
      : [
          {
            key: "host",
            title: "Host",
            minWidth: 92,
            cell: ({ host }: ShownRun) => <HostLink host={host} />,
          },
        ]),
    { key: "kind", title: "What", cell: ({ kind }) => KIND_WORDS[kind], from: "sm", isShort: true },
    { key: "status", title: "State", cell: (run) => <State run={run} /> },
    ...(brief
      ? []
      : ([
          { key: "trigger", title: "Why", cell: ({ trigger }) => trigger, from: "md", isShort: true },
          { key: "took", title: "Took", align: "right", cell: (run) => <Took run={run} />, from: "sm" },
          {
            key: "new",
            title: "New data",
            align: "right",
            cell: ({ stats }) => (stats === null ? "–" : sizeText(stats.newBytes)),
            from: "md",
          },
        ] satisfies Column<ShownRun>[])),
    {
      key: "when",
      title: "When",
      cell: (run) => <Moment at={run.finishedAt ?? run.startedAt ?? run.queuedAt} />,
    },
  ];
  return <DataTable label={label} columns={columns} rows={runs} rowKey={({ id }) => id} empty={empty} />;
}

function State({ run }: { run: ShownRun }) {
  if (run.status === "running") return <RunProgress run={run} />;
  return (
    <>
      <RunBadge status={run.status} />
      {run.waiting == null || run.status !== "queued" ? null : (
        <Text size="xs" c="dimmed" lineClamp={3} className="breakable">
          {run.waiting.message}
        </Text>
      )}
      {run.problem === null ? null : (
        <Text size="xs" c="dimmed" lineClamp={2} className="breakable">
          {run.problem.message}
        </Text>
      )}
    </>
  );
}

function Took({ run }: { run: RunJson }) {
  const now = useNow();
  if (run.startedAt === null) return <>–</>;
  const end = run.finishedAt === null ? (isOpen(run) ? now : null) : Date.parse(run.finishedAt);
  return <>{end === null ? "–" : durationText((end - Date.parse(run.startedAt)) / 1000)}</>;
}
