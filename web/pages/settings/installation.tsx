// How this installation is: what the doctor found, who works, and which version it is.
import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Cpu, RefreshCw } from "lucide-react";
import type { WorkerJson } from "../../../src/contract/types.ts";
import { query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { Moment } from "../../parts/moment.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Section } from "../../parts/section.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { useNodes } from "../../parts/use-nodes.ts";
import { Findings } from "./findings.tsx";

export function Installation() {
  const isOperator = useMay("operator");
  return (
    <Stack gap="xl">
      {isOperator ? <Doctor /> : null}
      <Processes />
      <Version />
    </Stack>
  );
}

function Doctor() {
  const doctor = useQuery({ ...query.site.doctor.queryOptions(), staleTime: 60_000 });
  return (
    <Section
      title="Doctor"
      lead="What pobsync needs of this server."
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<RefreshCw size={14} aria-hidden />}
          loading={doctor.isFetching}
          onClick={() => void doctor.refetch()}
        >
          Look again
        </Button>
      }
    >
      <Paper withBorder p={{ base: "sm", sm: "md" }} radius="md">
        <QueryView query={doctor} rows={8}>
          {({ findings }) => <Findings findings={findings} />}
        </QueryView>
      </Paper>
      <CommandLine command="pobsync doctor" />
    </Section>
  );
}

const DOES: Record<WorkerJson["role"], string> = {
  worker: "executes what is queued",
  scheduler: "queues what is due",
};

function Processes() {
  const { isSpread } = useNodes();
  const workers = useQuery({ ...query.site.workers.queryOptions(), refetchInterval: 15_000 });
  return (
    <Section title="Workers and schedulers" lead="Processes that are alive now.">
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={workers} rows={2}>
          {({ items }) => (
            <DataTable
              label="Workers and schedulers"
              rows={items}
              rowKey={({ id }) => id}
              columns={[
                {
                  key: "id",
                  title: "Process",
                  cell: ({ id, role }) => (
                    <Group gap="xs">
                      <span className="verbatim">{id}</span>
                      <Badge variant="light" color="gray" tt="none" hiddenFrom="sm">
                        {role}
                      </Badge>
                    </Group>
                  ),
                },
                { key: "role", title: "Does", cell: ({ role }) => `${role}: ${DOES[role]}`, from: "sm" },
                ...(isSpread
                  ? [{ key: "node", title: "On", cell: ({ node }: WorkerJson) => node, from: "sm" as const }]
                  : []),
                { key: "parallel", title: "Runs at once", cell: parallelText, from: "md" },
                {
                  key: "started",
                  title: "Since",
                  cell: ({ startedAt }) => <Moment at={startedAt} />,
                  from: "sm",
                },
                { key: "seen", title: "Heard of", cell: ({ seenAt }) => <Moment at={seenAt} /> },
              ]}
              empty={
                <EmptyState icon={Cpu} title="Nobody works" action={<CommandLine command="pobsync up" />}>
                  Nothing that is due is queued, and nothing that is queued is executed, until a worker and a
                  scheduler run.
                </EmptyState>
              }
            />
          )}
        </QueryView>
      </Paper>
    </Section>
  );
}

const parallelText = ({ role, parallel }: WorkerJson): string =>
  role === "scheduler" ? "–" : parallel === 0 ? "as many as the site allows" : String(parallel);

function Version() {
  const index = useQuery({ ...query.site.index.queryOptions(), staleTime: Number.POSITIVE_INFINITY });
  return (
    <Section title="Version">
      <Paper withBorder p="sm" radius="md">
        <QueryView query={index} rows={1}>
          {({ version }) => (
            <FactList
              label="Version"
              facts={[
                { name: "pobsync", value: version },
                {
                  name: "API",
                  value: (
                    <>
                      <Text span size="sm" className="verbatim">
                        {location.origin}/api
                      </Text>
                      , described{" "}
                      <TextLink to="/api/docs" underline="always">
                        here
                      </TextLink>
                    </>
                  ),
                },
              ]}
            />
          )}
        </QueryView>
      </Paper>
    </Section>
  );
}
