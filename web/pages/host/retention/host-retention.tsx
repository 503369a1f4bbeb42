// What stays and what would go, with reasons, before anything is removed.
import { Button, Group, Paper, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { query } from "../../../api/client.ts";
import type { Plan } from "../../../api/types.ts";
import { CommandLine, shellWord } from "../../../parts/command-line.tsx";
import { ProblemView } from "../../../parts/problem-view.tsx";
import { QueryView } from "../../../parts/query-view.tsx";
import { TextLink } from "../../../parts/text-link.tsx";
import { useFilters } from "../../../parts/use-search.ts";
import { countText, sizeText } from "../../../parts/words.ts";
import { ApplyPlan } from "./apply-plan.tsx";
import { PlanCalendar } from "./plan-calendar.tsx";
import { PlanList } from "./plan-list.tsx";
import { TryRules } from "./try-rules.tsx";

export function HostRetention({ host }: { host: string }) {
  const plan = useQuery(query.hosts.retention.queryOptions({ input: { host } }));
  // What it frees is asked for by itself: that takes as long as looking at what would go.
  const weighed = useQuery({
    ...query.hosts.retention.queryOptions({ input: { host, measure: "true" } }),
    enabled: plan.data !== undefined && plan.data.remove.length > 0,
  });
  const [tried, setTried] = useState<Plan | null>(null);
  const [isTrying, setTrying] = useState(false);
  const [{ view }, change] = useFilters();
  return (
    <QueryView query={plan} rows={10}>
      {(real) => {
        const shown = tried ?? real;
        const freeable = tried === null ? (weighed.data?.freeable ?? null) : tried.freeable;
        const isWeighing = tried === null && weighed.isFetching && freeable === null;
        return (
          <Stack gap="lg">
            <Paper withBorder p="md" radius="md">
              <Group justify="space-between" align="flex-start">
                <Stack gap={4} style={{ flex: "1 1 320px" }}>
                  <Text fw={600}>Keeps {shown.words}</Text>
                  <Text size="sm">
                    {countText(shown.keep.length, "snapshot")} would stay,{" "}
                    {countText(shown.remove.length, "snapshot")} would go
                    {freeable === null || shown.remove.length === 0
                      ? ""
                      : `, which frees ${freeable.complete ? "" : "at least "}${sizeText(freeable.bytes)}`}
                    . Nothing has been removed.{isWeighing ? " Looking how much that frees …" : ""}
                  </Text>
                  <Text size="sm">
                    <TextLink to="/hosts/$host/$tab" params={{ host, tab: "configuration" }} size="sm">
                      Rules are changed in the configuration
                    </TextLink>
                  </Text>
                </Stack>
                <Group gap="xs">
                  <Button
                    variant="default"
                    leftSection={<FlaskConical size={16} aria-hidden />}
                    onClick={() => setTrying(!isTrying)}
                    aria-expanded={isTrying}
                  >
                    Try other rules
                  </Button>
                  {tried === null ? <ApplyPlan host={host} plan={real} /> : null}
                </Group>
              </Group>
            </Paper>
            {isTrying ? (
              <TryRules
                host={host}
                policy={real.policy}
                tried={tried}
                show={setTried}
                done={() => {
                  setTried(null);
                  setTrying(false);
                }}
              />
            ) : null}
            {real.held === null ? null : (
              <ProblemView
                problem={real.held}
                title="Nothing is pruned before somebody has looked"
                tone="warning"
              />
            )}
            <Stack gap="sm" component="section" aria-labelledby="plan">
              <Group justify="space-between">
                <Title order={2} fz={18} id="plan">
                  {tried === null ? "The plan" : "The plan with these rules"}
                </Title>
                <SegmentedControl
                  size="xs"
                  aria-label="How the plan is shown"
                  data={[
                    { value: "list", label: "List" },
                    { value: "calendar", label: "Calendar" },
                  ]}
                  value={view === "calendar" ? "calendar" : "list"}
                  onChange={(next) => change({ view: next === "calendar" ? "calendar" : "" })}
                />
              </Group>
              {view === "calendar" ? (
                <PlanCalendar host={host} plan={shown} />
              ) : (
                <PlanList host={host} plan={shown} compared={tried === null ? null : real} />
              )}
            </Stack>
            <CommandLine command={`pobsync retention ${shellWord(host)}`} />
          </Stack>
        );
      }}
    </QueryView>
  );
}
