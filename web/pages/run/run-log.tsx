// The log: it follows what is being said until whoever reads scrolls up.
import { Button, Group, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { RunJson } from "../../../src/contract/types.ts";
import { isOpen } from "../../parts/run-actions.tsx";
import { numberText } from "../../parts/words.ts";
import classes from "./run-log.module.css";
import type { LiveLog } from "./use-run-events.ts";

/** So near to its end counts as being there. */
const NEAR_PX = 40;

export function RunLog({ run, log }: { run: RunJson; log: LiveLog }) {
  const box = useRef<HTMLPreElement>(null);
  const [follows, setFollows] = useState(true);
  const [wraps, setWraps] = useState(true);
  const { lines, from } = log;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it moves whenever there are new lines
  useEffect(() => {
    if (follows && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [follows, lines]);
  return (
    <Stack gap="sm" component="section" aria-labelledby="log">
      <Group justify="space-between">
        <Title order={2} fz={18} id="log">
          Log
        </Title>
        <Group gap="md">
          <Switch
            size="xs"
            label="Follow"
            checked={follows}
            onChange={(event) => setFollows(event.currentTarget.checked)}
          />
          <Switch
            size="xs"
            label="Wrap"
            checked={wraps}
            onChange={(event) => setWraps(event.currentTarget.checked)}
          />
          <Button
            component="a"
            href={`/api/runs/${run.id}/log.txt`}
            download
            size="xs"
            variant="default"
            leftSection={<Download size={14} aria-hidden />}
          >
            Download
          </Button>
        </Group>
      </Group>
      <Paper withBorder radius="md" style={{ overflow: "hidden" }}>
        {lines.length === 0 ? (
          <Text size="sm" c="dimmed" p="md">
            {isOpen(run) ? "Nothing has been said yet." : "There is no log, or it is no longer kept."}
          </Text>
        ) : (
          <pre
            ref={box}
            className={`${classes.log} ${wraps ? classes.wrapped : ""}`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            role="log"
            aria-label="Log"
            aria-live="off"
            onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
              setFollows(scrollHeight - scrollTop - clientHeight < NEAR_PX)
            }
          >
            {from > 0 ? `… ${numberText(from)} earlier lines: download the log to read them\n` : ""}
            {lines.join("\n")}
          </pre>
        )}
      </Paper>
    </Stack>
  );
}
