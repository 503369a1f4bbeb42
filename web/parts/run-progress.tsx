// How far a run is: a bar with what it is doing, how fast, and how long it will take.
import { Group, Progress, Stack, Text } from "@mantine/core";
import type { RunJson } from "../../src/contract/types.ts";
import { phaseWords } from "./phase-words.ts";
import { durationText, numberText, sizeText } from "./words.ts";

export function RunProgress({ run, size = "sm" }: { run: RunJson; size?: "sm" | "lg" }) {
  const { progress, phase } = run;
  const percent = progress?.percent ?? null;
  const doing = phase === null ? "Beginning" : phaseWords(phase);
  return (
    <Stack gap={4}>
      <Progress.Root size={size}>
        <Progress.Section
          value={percent ?? 100}
          animated={percent === null}
          striped={percent === null}
          color="blue"
          aria-label={`${doing}: run ${run.id} of ${run.host}`}
          {...(percent === null ? {} : { "aria-valuenow": Math.round(percent) })}
        />
      </Progress.Root>
      <Group gap="md" justify="space-between">
        <Text size="xs">
          {doing}
          {percent === null ? " …" : ` · ${Math.floor(percent)} %`}
        </Text>
        {progress === null ? null : (
          <Text size="xs" c="dimmed" className="numbers">
            {[
              sizeText(progress.bytes),
              progress.files > 0 ? `${numberText(progress.files)} files` : null,
              progress.bytesPerSecond > 0 ? `${sizeText(progress.bytesPerSecond)}/s` : null,
              progress.secondsLeft === null ? null : `${durationText(progress.secondsLeft)} left`,
            ]
              .filter((part) => part !== null)
              .join(" · ")}
          </Text>
        )}
      </Group>
    </Stack>
  );
}
