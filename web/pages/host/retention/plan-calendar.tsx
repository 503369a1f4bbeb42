// The plan as a calendar: a month a block, each day with what of it stays and goes.
import { Group, Paper, SimpleGrid, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Plan } from "../../../api/types.ts";
import classes from "./plan-calendar.module.css";

interface Day {
  readonly name: string;
  stays: number;
  goes: number;
  first: string;
}

const MONTHS_MAX = 24;

export function PlanCalendar({ host, plan }: { host: string; plan: Plan }) {
  const months = monthsOf(plan);
  if (months.length === 0) return <Text size="sm">There are no snapshots yet.</Text>;
  return (
    <Paper withBorder p="md" radius="md">
      <Group gap="lg" mb="md">
        <Key style={classes.stays ?? ""} word="stays" />
        <Key style={classes.goes ?? ""} word="goes" />
        <Key style={classes.both ?? ""} word="some stay, some go" />
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3, lg: 4 }} spacing="lg">
        {months.map(([month, days]) => (
          <Month key={month} host={host} month={month} days={days} />
        ))}
      </SimpleGrid>
    </Paper>
  );
}

function Key({ style, word }: { style: string; word: string }) {
  return (
    <Group gap={6} wrap="nowrap">
      <span className={`${classes.day} ${style}`} aria-hidden />
      <Text size="xs" c="dimmed">
        {word}
      </Text>
    </Group>
  );
}

/** Days in the policy's own time zone, as its rules count them; newest months first. */
function monthsOf({ keep, remove, policy }: Plan): [string, Map<number, Day>][] {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: policy.timeZone, dateStyle: "short" });
  const months = new Map<string, Map<number, Day>>();
  const note = (startedAt: string, name: string, stays: boolean): void => {
    const date = format.format(new Date(startedAt));
    const [month, number] = [date.slice(0, 7), Number(date.slice(8))];
    const days = months.get(month) ?? new Map<number, Day>();
    months.set(month, days);
    const day = days.get(number) ?? { name: date, stays: 0, goes: 0, first: name };
    days.set(number, day);
    if (stays) {
      day.stays += 1;
      day.first = name;
    } else day.goes += 1;
  };
  for (const { snapshot } of keep) note(snapshot.startedAt, snapshot.name, true);
  for (const { snapshot } of remove) note(snapshot.startedAt, snapshot.name, false);
  return [...months].sort(([a], [b]) => b.localeCompare(a)).slice(0, MONTHS_MAX);
}

function Month({ host, month, days }: { host: string; month: string; days: ReadonlyMap<number, Day> }) {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  const first = new Date(Date.UTC(year, number - 1, 1));
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  // Weeks begin on Monday, as the rule that counts weeks has it.
  const gaps = Array.from({ length: (first.getUTCDay() + 6) % 7 }, (_, at) => `gap ${at}`);
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const title = first.toLocaleDateString("en", { month: "long", year: "numeric", timeZone: "UTC" });
  return (
    <div>
      <Title order={3} fz={14} mb={6}>
        {title}
      </Title>
      <div className={classes.month}>
        {gaps.map((gap) => (
          <span key={gap} />
        ))}
        {numbers.map((date) => {
          const day = days.get(date);
          return day === undefined ? (
            <span key={date} className={`${classes.day} ${classes.none}`}>
              {date}
            </span>
          ) : (
            <Link
              key={date}
              to="/snapshots/$host/$snapshot"
              params={{ host, snapshot: day.first }}
              className={`${classes.day} ${styleOf(day)}`}
              title={textOf(day)}
              aria-label={textOf(day)}
            >
              {date}
            </Link>
          );
        })}
      </div>
    </div>
  );
}

const styleOf = ({ stays, goes }: Day): string =>
  (stays > 0 && goes > 0 ? classes.both : stays > 0 ? classes.stays : classes.goes) ?? "";

const textOf = ({ name, stays, goes }: Day): string =>
  `${name}: ${[stays > 0 ? `${stays} stay` : "", goes > 0 ? `${goes} go` : ""].filter((part) => part !== "").join(", ")}`;
