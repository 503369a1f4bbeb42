// Where messages go: the channels with their state, made, changed, tested and removed.
import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { BellRing, Plus } from "lucide-react";
import { useState } from "react";
import type { ChannelJson } from "../../../src/contract/types.ts";
import { query } from "../../api/client.ts";
import { queries } from "../../api/queries.ts";
import { useMay } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Moment } from "../../parts/moment.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Section } from "../../parts/section.tsx";
import { ChannelActions } from "./channel-actions.tsx";
import { ChannelForm } from "./channel-form.tsx";

export function Notifications() {
  const isAdmin = useMay("admin");
  const channels = useQuery(query.channels.list.queryOptions());
  const [form, setForm] = useState<ChannelJson | "new" | null>(null);
  const changed = (): void => void queries.invalidateQueries({ queryKey: query.channels.key() });
  const add = isAdmin ? (
    <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => setForm("new")}>
      Add a channel
    </Button>
  ) : null;
  return (
    <Section title="Channels" lead="Where messages go, and whether they arrive." actions={add}>
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={channels} rows={3}>
          {({ items }) => (
            <DataTable
              label="Channels"
              rows={items}
              rowKey={({ name }) => name}
              columns={[
                {
                  key: "name",
                  title: "Channel",
                  cell: (channel) => (
                    <Stack gap={0}>
                      <Text size="sm" fw={600}>
                        {channel.name}
                      </Text>
                      <Text size="xs" c="dimmed">
                        {channel.kind}
                      </Text>
                    </Stack>
                  ),
                },
                { key: "target", title: "Goes to", cell: ({ target }) => target ?? "–", from: "sm" },
                { key: "from", title: "From", cell: ({ rules }) => rules.minSeverity, from: "md" },
                { key: "state", title: "State", cell: (channel) => <State channel={channel} /> },
                {
                  key: "actions",
                  title: "",
                  align: "right",
                  cell: (channel) => (
                    <ChannelActions channel={channel} edit={() => setForm(channel)} changed={changed} />
                  ),
                },
              ]}
              empty={
                <EmptyState icon={BellRing} title="Nobody is told of anything yet">
                  {isAdmin
                    ? "Add a channel: e-mail, a webhook, a phone. Then send a test to see whether messages arrive."
                    : "An admin adds channels, here or with pobsync configure-channel."}
                </EmptyState>
              }
            />
          )}
        </QueryView>
      </Paper>
      <CommandLine command="pobsync channels" />
      {form === null ? null : (
        <ChannelForm channel={form === "new" ? null : form} close={() => setForm(null)} changed={changed} />
      )}
    </Section>
  );
}

function State({ channel: { enabled, broken, problem } }: { channel: ChannelJson }) {
  const why = problem?.message ?? broken?.why;
  const [color, word] = !enabled
    ? ["gray", "off"]
    : problem !== null
      ? ["red", "cannot be opened"]
      : broken !== null
        ? ["red", "broken"]
        : ["teal", "works"];
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Badge variant="light" color={color} tt="none">
          {word}
        </Badge>
        {broken === null ? null : <Moment at={broken.since} />}
      </Group>
      {why === undefined ? null : <Text size="xs">{why}</Text>}
    </Stack>
  );
}
