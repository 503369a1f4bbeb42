// What the doctor found, each with what to do about it; what is wrong comes first.
import { Box, Group, Stack, Text } from "@mantine/core";
import { CircleAlert, CircleCheck, CircleX } from "lucide-react";
import type { DoctorJson } from "../../../src/contract/types.ts";
import { RichHint } from "../../parts/rich-hint.tsx";
import { countText } from "../../parts/words.ts";

type Finding = DoctorJson["findings"][number];

export function Findings({ findings }: { findings: readonly Finding[] }) {
  const wrong = findings.filter(({ problem }) => problem !== null);
  const better = findings.filter(({ problem, advice }) => problem === null && advice !== null);
  const well = findings.filter(({ problem, advice }) => problem === null && advice === null);
  return (
    <Stack gap="sm">
      <Text fw={600} role="status">
        {wrong.length === 0 ? "Nothing is wrong." : `${countText(wrong.length, "thing")} to see to.`}
        {better.length === 0 ? null : ` ${countText(better.length, "thing")} could be better.`}
      </Text>
      <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {[...wrong, ...better, ...well].map((finding) => (
          <FindingLine key={finding.what} finding={finding} />
        ))}
      </Stack>
    </Stack>
  );
}

function FindingLine({ finding: { what, found, advice, problem } }: { finding: Finding }) {
  const isWell = problem === null;
  const hint = problem?.hint ?? advice;
  return (
    <Group component="li" align="flex-start" wrap="nowrap" gap="sm">
      <Box c={isWell ? (advice === null ? "teal" : "yellow") : "red"} pt={2} style={{ flexShrink: 0 }}>
        {isWell && advice === null ? (
          <CircleCheck size={18} role="img" aria-label="well" />
        ) : isWell ? (
          <CircleAlert size={18} role="img" aria-label="could be better" />
        ) : (
          <CircleX size={18} role="img" aria-label="wrong" />
        )}
      </Box>
      <Box style={{ minWidth: 0 }}>
        <Text size="sm" className="breakable">
          <b>{what}</b> {problem?.message ?? found}
        </Text>
        {hint === null ? null : (
          <Box c="dimmed">
            <RichHint text={hint} />
          </Box>
        )}
      </Box>
    </Group>
  );
}
