// Other rules, tried: the plan that they would give. Nothing is changed by it.
import { Button, Group, NumberInput, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { client } from "../../../api/client.ts";
import type { Plan } from "../../../api/types.ts";
import { amountInput } from "../../../parts/amounts.ts";
import { CommandLine, shellWord } from "../../../parts/command-line.tsx";
import { ProblemView } from "../../../parts/problem-view.tsx";

const RULES = [
  ["keepLast", "Last", "last"],
  ["keepHourly", "Hourly", "hourly"],
  ["keepDaily", "Daily", "daily"],
  ["keepWeekly", "Weekly", "weekly"],
  ["keepMonthly", "Monthly", "monthly"],
  ["keepYearly", "Yearly", "yearly"],
] as const;
type Counts = Record<(typeof RULES)[number][0], number | "">;

export function TryRules({
  host,
  policy,
  tried,
  show,
  done,
}: {
  host: string;
  policy: Plan["policy"];
  tried: Plan | null;
  show: (plan: Plan) => void;
  done: () => void;
}) {
  const [counts, setCounts] = useState<Counts>(
    () => Object.fromEntries(RULES.map(([name]) => [name, policy[name] ?? ""])) as Counts,
  );
  const [within, setWithin] = useState(
    policy.keepWithinSeconds === null ? "" : amountInput("duration", policy.keepWithinSeconds),
  );
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const look = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const rules = Object.fromEntries(
        RULES.map(([name]) => [name, counts[name] === "" ? null : counts[name]]),
      );
      show(
        await client.hosts.tryRetention({
          host,
          ...rules,
          keepWithinSeconds: within.trim() === "" ? null : within.trim(),
        }),
      );
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const options = RULES.flatMap(([name, , option]) =>
    counts[name] === "" ? [] : [`--keep-${option} ${counts[name]}`],
  );
  return (
    <Paper withBorder p="md" radius="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            Keep the newest snapshot of each of so many periods. Nothing is changed by looking.
          </Text>
          <Group gap="sm" align="flex-end">
            {RULES.map(([name, label]) => (
              <NumberInput
                key={name}
                label={label}
                min={0}
                allowDecimal={false}
                w={96}
                value={counts[name]}
                onChange={(value) => setCounts({ ...counts, [name]: value === "" ? "" : Number(value) })}
              />
            ))}
            <TextInput
              label="All within"
              placeholder="30d"
              w={110}
              value={within}
              onChange={(event) => setWithin(event.currentTarget.value)}
            />
            <Button type="submit" loading={isBusy}>
              Look
            </Button>
            <Button variant="default" onClick={done}>
              {tried === null ? "Close" : "Back to the rules that hold"}
            </Button>
          </Group>
          {error === null ? null : <ProblemView error={error} />}
          <CommandLine
            command={`pobsync retention ${shellWord(host)} ${[...options, ...(within.trim() === "" ? [] : [`--keep-within ${shellWord(within.trim())}`])].join(" ")}`}
          />
        </Stack>
      </form>
    </Paper>
  );
}
