// When a host is backed up by itself: made, changed and removed in place.
import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CalendarClock, Plus } from "lucide-react";
import { useState } from "react";
import { client, query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import type { Schedule } from "../../api/types.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { TypedConfirm } from "../../parts/confirm.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Moment } from "../../parts/moment.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { tellDone, tellFailure } from "../../parts/told.tsx";
import { NextTimes } from "./next-times.tsx";
import { ScheduleForm } from "./schedule-form.tsx";

export function HostSchedules({ host }: { host: string }) {
  const schedules = useQuery(query.schedules.list.queryOptions({ input: { host } }));
  const isAdmin = useMay("admin");
  const [editing, setEditing] = useState<number | "new" | null>(null);
  return (
    <QueryView query={schedules}>
      {({ items }) => (
        <Stack gap="md">
          {items.map((schedule) =>
            editing === schedule.id ? (
              <ScheduleForm key={schedule.id} host={host} schedule={schedule} done={() => setEditing(null)} />
            ) : (
              <ScheduleCard key={schedule.id} schedule={schedule} edit={() => setEditing(schedule.id)} />
            ),
          )}
          {editing === "new" ? (
            <ScheduleForm host={host} schedule={null} done={() => setEditing(null)} />
          ) : items.length === 0 ? (
            <Paper withBorder radius="md">
              <EmptyState
                icon={CalendarClock}
                title="It has no schedule"
                action={
                  isAdmin ? (
                    <Button size="xs" mt="sm" onClick={() => setEditing("new")}>
                      Make one
                    </Button>
                  ) : null
                }
              >
                Without one it is backed up only when somebody asks for it.
              </EmptyState>
            </Paper>
          ) : isAdmin ? (
            <Group>
              <Button
                variant="default"
                leftSection={<Plus size={16} aria-hidden />}
                onClick={() => setEditing("new")}
              >
                Another schedule
              </Button>
            </Group>
          ) : null}
          <CommandLine command={`pobsync schedule ${shellWord(host)} --cron "15 2 * * *" --prune`} />
        </Stack>
      )}
    </QueryView>
  );
}

function ScheduleCard({ schedule, edit }: { schedule: Schedule; edit: () => void }) {
  const isAdmin = useMay("admin");
  const [isRemoving, setRemoving] = useState(false);
  const { id, host, name, words, cron, timeZone, enabled, hostEnabled, next, prune, maxDelete } = schedule;
  const toggle = async (): Promise<void> => {
    try {
      await client.schedules.change({ id, enabled: !enabled });
    } catch (error) {
      tellFailure(error);
    }
  };
  return (
    <Paper withBorder p="md" radius="md">
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} style={{ minWidth: 0, flex: "1 1 300px" }}>
          <Group gap="xs">
            <Text fw={600}>{words}</Text>
            {enabled && hostEnabled ? null : (
              <Badge color="gray" variant="light" tt="none">
                {enabled ? "host disabled" : "disabled"}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" className="verbatim">
            {cron} · {timeZone} · {name}
          </Text>
          <Text size="sm">
            {prune
              ? `Prunes afterwards${maxDelete === null ? "" : `, at most ${maxDelete} snapshots at once`}`
              : "Does not prune afterwards"}
            {schedule.jitterSeconds > 0 ? `; begins up to ${schedule.jitterSeconds} s late at random` : ""}
          </Text>
          {enabled && hostEnabled ? (
            <Text size="sm" component="div">
              Next: <NextTimes times={next} />
            </Text>
          ) : null}
          {schedule.lastSkip === null ? null : (
            <Text size="sm" c="dimmed" component="div">
              Skipped <Moment at={schedule.lastSkip.dueAt} />: run {schedule.lastSkip.run} was still open.
            </Text>
          )}
        </Stack>
        {isAdmin ? (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={edit} aria-label={`Change the schedule ${name}`}>
              Change
            </Button>
            <Button size="xs" variant="default" onClick={() => void toggle()}>
              {enabled ? "Disable" : "Enable"}
            </Button>
            <Button
              size="xs"
              variant="subtle"
              color="red"
              onClick={() => setRemoving(true)}
              aria-label={`Remove the schedule ${name}`}
            >
              Remove
            </Button>
          </Group>
        ) : null}
      </Group>
      <TypedConfirm
        opened={isRemoving}
        close={() => setRemoving(false)}
        title={`Remove the schedule ${name}`}
        word={name}
        action="Remove"
        command={`pobsync schedule ${shellWord(host)} --name ${shellWord(name)} --remove`}
        run={async () => {
          await client.schedules.remove({ id });
          tellDone(`The schedule ${name} of ${host} is removed.`);
        }}
      >
        Runs that it has queued stay, and so do all snapshots.
      </TypedConfirm>
    </Paper>
  );
}
