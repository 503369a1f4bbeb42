// What needs a person: each with its cause, since when, and the next step right there.
import { Box, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { CircleX, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { BackUpButton } from "../../parts/back-up-button.tsx";
import { Moment } from "../../parts/moment.tsx";
import { RichHint } from "../../parts/rich-hint.tsx";
import { ButtonLink, HostLink, TextLink } from "../../parts/text-link.tsx";
import { numberText } from "../../parts/words.ts";
import type { SiteStatus } from "./verdict.tsx";

type Item = SiteStatus["attention"][number];

/** Worst first: when there are many, whoever comes in the morning begins with these. */
const SHOWN = 6;

export function Attention({ items, total }: { items: readonly Item[]; total: number }) {
  const [isWhole, setWhole] = useState(false);
  if (items.length === 0) return null;
  // One more is not worth a button.
  const shown = isWhole || items.length <= SHOWN + 1 ? items : items.slice(0, SHOWN);
  return (
    <Stack gap="sm" component="section" aria-labelledby="attention">
      <Title order={2} fz={18} id="attention">
        Needs a person
      </Title>
      {shown.map((item) => (
        <AttentionItem key={`${item.host ?? ""} ${item.code} ${item.run ?? ""}`} item={item} />
      ))}
      {shown.length < items.length ? (
        <Group>
          <Button size="xs" variant="default" onClick={() => setWhole(true)}>
            Show {total > items.length ? "" : "all "}
            {numberText(items.length)}
          </Button>
        </Group>
      ) : null}
      {total > items.length ? (
        <Text size="sm">
          {numberText(total)} in all: <TextLink to="/hosts">every host, worst first</TextLink>
        </Text>
      ) : null}
    </Stack>
  );
}

function AttentionItem({ item }: { item: Item }) {
  const isBad = item.level === "bad";
  const Icon = isBad ? CircleX : TriangleAlert;
  return (
    <Paper
      withBorder
      p="sm"
      radius="md"
      style={{ borderLeft: `4px solid var(--mantine-color-${isBad ? "red" : "yellow"}-6)` }}
    >
      <Group justify="space-between" align="flex-start" gap="sm">
        <Group wrap="nowrap" align="flex-start" gap="sm" style={{ flex: "1 1 320px", minWidth: 0 }}>
          <Box c={isBad ? "red" : "yellow.8"} mt={2}>
            <Icon size={18} aria-label={isBad ? "Bad" : "Warning"} />
          </Box>
          <Box style={{ minWidth: 0 }}>
            <Text fw={600} size="sm" className="breakable">
              <Words item={item} />
            </Text>
            {item.since === null ? null : (
              <Text size="xs" c="dimmed">
                since <Moment at={item.since} />
              </Text>
            )}
            <Box mt={4}>
              <RichHint text={item.hint} />
            </Box>
          </Box>
        </Group>
        <Group gap="xs">
          {item.run === null ? null : (
            <ButtonLink to="/runs/$id" params={{ id: String(item.run) }} size="xs" variant="default">
              See the run
            </ButtonLink>
          )}
          {item.host === null ? null : <BackUpButton host={item.host} size="xs" variant="light" />}
        </Group>
      </Group>
    </Paper>
  );
}

/** The host's name leads to it; where the message begins with it, it is not said twice. */
function Words({ item: { host, message } }: { item: Item }) {
  if (host === null) return <>{message}</>;
  const rest = message.startsWith(`${host} `) ? message.slice(host.length) : `: ${message}`;
  return (
    <>
      <HostLink host={host} fw={600} />
      {rest}
    </>
  );
}
