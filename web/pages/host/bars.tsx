// The last backups as bars: how long each took, and how it ended.
import { Box, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { RunJson } from "../../../src/contract/types.ts";
import { runLook } from "../../parts/status-badge.tsx";
import { durationText, momentText, sizeText } from "../../parts/words.ts";
import classes from "./bars.module.css";

const secondsOf = ({ startedAt, finishedAt }: RunJson): number =>
  startedAt === null || finishedAt === null ? 0 : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;

export function Bars({ runs }: { runs: readonly RunJson[] }) {
  const ended = runs
    .filter(({ finishedAt, startedAt }) => finishedAt !== null && startedAt !== null)
    .reverse();
  if (ended.length < 2) return null;
  const longest = Math.max(1, ...ended.map(secondsOf));
  return (
    <Box>
      <Group gap={3} align="flex-end" h={56} wrap="nowrap" component="ul" className={classes.bars}>
        {ended.map((run) => {
          const text = `${momentText(run.finishedAt ?? run.queuedAt)}: ${runLook(run.status).word}, ${durationText(secondsOf(run))}${run.stats === null ? "" : `, ${sizeText(run.stats.newBytes)} new`}`;
          return (
            <li key={run.id} className={classes.slot}>
              <Link
                to="/runs/$id"
                params={{ id: String(run.id) }}
                className={`${classes.bar} ${classes[run.status] ?? ""}`}
                style={{ height: `${Math.max(8, (100 * secondsOf(run)) / longest)}%` }}
                title={text}
                aria-label={text}
              />
            </li>
          );
        })}
      </Group>
      <Text size="xs" c="dimmed">
        How long the last {ended.length} took; the longest {durationText(longest)}
      </Text>
    </Box>
  );
}
