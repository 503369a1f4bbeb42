// A schedule in the making: what it means in words, and when it comes due, while it is typed.
import {
  Alert,
  Button,
  Chip,
  Group,
  NumberInput,
  Paper,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, problemOf, query } from "../../api/client.ts";
import type { Schedule } from "../../api/types.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { tellDone } from "../../parts/told.tsx";
import { NextTimes } from "./next-times.tsx";

const PRESETS = [
  ["Every night at 02:15", "15 2 * * *"],
  ["Every hour", "0 * * * *"],
  ["Every six hours", "0 */6 * * *"],
  ["Working days at 22:00", "0 22 * * 1-5"],
  ["Sundays at 03:00", "0 3 * * 0"],
] as const;

const ZONES = Intl.supportedValuesOf("timeZone");

export function ScheduleForm({
  host,
  schedule,
  done,
}: {
  host: string;
  /** Null: a new one. */
  schedule: Schedule | null;
  done: () => void;
}) {
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm({
    initialValues: {
      name: schedule?.name ?? "",
      cron: schedule?.cron ?? "15 2 * * *",
      timeZone: schedule?.ownTimeZone ?? null,
      prune: schedule?.prune ?? true,
      maxDelete: schedule?.maxDelete ?? ("" as number | ""),
      jitter: schedule?.jitterSeconds ?? 0,
      enabled: schedule?.enabled ?? true,
    },
  });
  const { cron, timeZone } = form.values;
  const [typed] = useDebouncedValue({ cron, timeZone }, 250);
  const preview = useQuery({
    ...query.schedules.preview.queryOptions({ input: { host, ...typed } }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const submit = form.onSubmit(async ({ name, maxDelete, ...rest }) => {
    setBusy(true);
    setError(null);
    const wish = { ...rest, maxDelete: maxDelete === "" ? null : maxDelete };
    try {
      if (schedule === null)
        await client.schedules.create({
          host,
          ...(name.trim() === "" ? {} : { name: name.trim() }),
          ...wish,
        });
      else await client.schedules.change({ id: schedule.id, ...wish });
      await queries.invalidateQueries({ queryKey: query.schedules.key() });
      tellDone(schedule === null ? "The schedule is made." : "The schedule is changed.");
      done();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  });
  return (
    <Paper withBorder p="md" radius="md">
      <form onSubmit={submit} aria-label={schedule === null ? "New schedule" : `Schedule ${schedule.name}`}>
        <Stack gap="md">
          <Group gap={6}>
            {PRESETS.map(([label, expression]) => (
              <Chip
                key={expression}
                size="xs"
                checked={cron === expression}
                onChange={() => form.setFieldValue("cron", expression)}
              >
                {label}
              </Chip>
            ))}
          </Group>
          <Group align="flex-start" grow preventGrowOverflow={false}>
            <TextInput
              label="When (cron)"
              description="Minute, hour, day, month, weekday."
              required
              spellCheck={false}
              {...form.getInputProps("cron")}
            />
            <Select
              label="Time zone"
              description="Left empty: that of the host."
              data={ZONES}
              searchable
              clearable
              limit={60}
              {...form.getInputProps("timeZone")}
            />
          </Group>
          <div aria-live="polite">
            {preview.error === null && preview.data !== undefined ? (
              <Stack gap={4}>
                <Text size="sm" fw={600}>
                  {preview.data.words}
                </Text>
                <Text size="sm" component="div">
                  Next, in {preview.data.timeZone}: <NextTimes times={preview.data.next} />
                </Text>
              </Stack>
            ) : preview.error === null ? null : (
              <Alert color="yellow" p="xs">
                {problemOf(preview.error).message}
              </Alert>
            )}
          </div>
          {schedule === null ? (
            <TextInput
              label="Name"
              description="Only needed when the host has several."
              placeholder="default"
              spellCheck={false}
              {...form.getInputProps("name")}
            />
          ) : null}
          <Group align="flex-start" gap="xl">
            <Switch
              label="Prune afterwards"
              description="Removes what no rule keeps any more."
              {...form.getInputProps("prune", { type: "checkbox" })}
            />
            <NumberInput
              label="At most so many at once"
              description="More to remove: nothing is, and you are told."
              min={0}
              allowDecimal={false}
              disabled={!form.values.prune}
              {...form.getInputProps("maxDelete")}
            />
            <NumberInput
              label="Up to so many seconds late"
              description="At random, so that not all hosts begin at once."
              min={0}
              allowDecimal={false}
              {...form.getInputProps("jitter")}
            />
          </Group>
          {error === null ? null : <ProblemView error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={done}>
              Cancel
            </Button>
            <Button type="submit" loading={isBusy}>
              {schedule === null ? "Make the schedule" : "Save"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
