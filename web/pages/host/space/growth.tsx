// What the snapshots that are still there have brought, added up over time.
import { Group, Text } from "@mantine/core";
import { momentText, sizeText } from "../../../parts/words.ts";
import classes from "./growth.module.css";

interface Point {
  readonly startedAt: string;
  readonly addedBytes: number;
}

const [WIDTH, HEIGHT, EDGE] = [600, 140, 4];

export function Growth({ snapshots }: { snapshots: readonly Point[] }) {
  const oldestFirst = [...snapshots].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  let sum = 0;
  const points = oldestFirst.map(({ startedAt, addedBytes }) => {
    sum += addedBytes;
    return { at: Date.parse(startedAt), bytes: sum };
  });
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2)
    return <Text size="sm">With a second snapshot there is something to draw.</Text>;
  const x = (at: number): number =>
    EDGE + ((WIDTH - 2 * EDGE) * (at - first.at)) / Math.max(1, last.at - first.at);
  const y = (bytes: number): number =>
    HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * bytes) / Math.max(1, last.bytes);
  const line = points.map(({ at, bytes }) => `${x(at).toFixed(1)},${y(bytes).toFixed(1)}`).join(" ");
  const text = `From ${sizeText(first.bytes)} on ${momentText(oldestFirst[0]?.startedAt ?? "")} to ${sizeText(last.bytes)} on ${momentText(oldestFirst.at(-1)?.startedAt ?? "")}.`;
  return (
    <div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className={classes.chart}
        role="img"
        aria-label={text}
        preserveAspectRatio="none"
      >
        <polygon
          className={classes.area}
          points={`${x(first.at)},${HEIGHT - EDGE} ${line} ${x(last.at)},${HEIGHT - EDGE}`}
        />
        <polyline className={classes.line} points={line} vectorEffect="non-scaling-stroke" />
      </svg>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {momentText(oldestFirst[0]?.startedAt ?? "")}: {sizeText(first.bytes)}
        </Text>
        <Text size="xs" c="dimmed">
          {momentText(oldestFirst.at(-1)?.startedAt ?? "")}: {sizeText(last.bytes)}
        </Text>
      </Group>
    </div>
  );
}
