// What takes the room on the disk: by snapshot, and over time.
import { Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { HardDrive } from "lucide-react";
import { query } from "../../../api/client.ts";
import { CommandLine, shellWord } from "../../../parts/command-line.tsx";
import { DataTable } from "../../../parts/data-table.tsx";
import { EmptyState } from "../../../parts/empty-state.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { QueryView } from "../../../parts/query-view.tsx";
import { TextLink } from "../../../parts/text-link.tsx";
import { sizeText } from "../../../parts/words.ts";
import { Growth } from "./growth.tsx";

export function HostSpace({ host }: { host: string }) {
  const space = useQuery(query.hosts.space.queryOptions({ input: { host } }));
  return (
    <QueryView query={space} rows={8}>
      {({ snapshots, storedBytes, addedLastWeek, addedLastMonth }) =>
        snapshots.length === 0 ? (
          <EmptyState icon={HardDrive} title="Nothing is stored yet">
            After the first backup this shows what each snapshot takes.
          </EmptyState>
        ) : (
          <Stack gap="lg">
            <SimpleGrid cols={{ base: 1, xs: 3 }}>
              <Figure name="Stored, shared files once" value={sizeText(storedBytes)} />
              <Figure name="Came in the last week" value={sizeText(addedLastWeek)} />
              <Figure name="Came in the last 30 days" value={sizeText(addedLastMonth)} />
            </SimpleGrid>
            <Stack gap="sm" component="section" aria-labelledby="growth">
              <Title order={2} fz={18} id="growth">
                Growth
              </Title>
              <Paper withBorder p="md" radius="md">
                <Growth snapshots={snapshots} />
              </Paper>
            </Stack>
            <Stack gap="sm" component="section" aria-labelledby="by-snapshot">
              <Title order={2} fz={18} id="by-snapshot">
                By snapshot
              </Title>
              <Paper withBorder p="sm" radius="md">
                <DataTable
                  label="Space by snapshot"
                  rows={snapshots}
                  rowKey={({ snapshot }) => snapshot}
                  columns={[
                    {
                      key: "snapshot",
                      title: "Snapshot",
                      cell: ({ snapshot, startedAt }) => (
                        <TextLink to="/snapshots/$host/$snapshot" params={{ host, snapshot }} size="sm">
                          <Moment at={startedAt} as="date" />
                        </TextLink>
                      ),
                    },
                    {
                      key: "added",
                      title: "It brought",
                      align: "right",
                      cell: ({ addedBytes }) => sizeText(addedBytes),
                    },
                    {
                      key: "only",
                      title: "Deleting it frees",
                      align: "right",
                      cell: ({ onlyHereBytes }) => sizeText(onlyHereBytes),
                    },
                  ]}
                />
              </Paper>
            </Stack>
            <CommandLine command={`pobsync space ${shellWord(host)}`} />
          </Stack>
        )
      }
    </QueryView>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <Paper withBorder p="md" radius="md">
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fz={22} fw={650} className="numbers">
        {value}
      </Text>
    </Paper>
  );
}
