// The stations of a run and where it is.
import { Group, Text, ThemeIcon } from "@mantine/core";
import { Check } from "lucide-react";
import type { RunJson } from "../../../src/contract/types.ts";
import { phaseWords } from "../../parts/phase-words.ts";

const STATIONS: Readonly<Record<RunJson["kind"], readonly string[]>> = {
  backup: ["probing", "transferring", "flushing", "publishing"],
  restore: ["probing", "previewing", "restoring", "checking"],
  prune: ["pruning"],
  verify: ["verifying", "repairing"],
  discover: ["discovering"],
  drill: ["restoring", "checking"],
};

export function Phases({ run }: { run: RunJson }) {
  const usual = STATIONS[run.kind];
  const at = run.phase === null ? -1 : usual.indexOf(run.phase);
  // A hook, or pruning after a backup, is a station only where there is one.
  const stations = run.phase !== null && at < 0 ? [...usual, run.phase] : usual;
  const current = run.phase === null ? -1 : stations.indexOf(run.phase);
  if (stations.length < 2) return null;
  return (
    <Group component="ol" gap="lg" p={0} m={0} style={{ listStyle: "none" }}>
      {stations.map((station, index) => (
        <Group
          component="li"
          key={station}
          gap={8}
          wrap="nowrap"
          {...(index === current ? { "aria-current": "step" as const } : {})}
        >
          <ThemeIcon
            size={22}
            radius="xl"
            variant={index <= current ? "filled" : "light"}
            color={index < current ? "teal" : index === current ? "blue" : "gray"}
          >
            {index < current ? (
              <Check size={13} aria-label="done" />
            ) : (
              <Text size="xs" fw={600}>
                {index + 1}
              </Text>
            )}
          </ThemeIcon>
          <Text size="sm" fw={index === current ? 600 : 400} c={index > current ? "dimmed" : undefined}>
            {phaseWords(station)}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
