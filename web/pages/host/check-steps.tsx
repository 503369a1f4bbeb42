// What a look at a host found, step by step.
import { Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { Check, Minus, X } from "lucide-react";
import type { client } from "../../api/client.ts";
import { ProblemView } from "../../parts/problem-view.tsx";

export type CheckResult = Awaited<ReturnType<typeof client.hosts.check>>;

const LOOKS = {
  ok: { color: "teal", icon: Check, word: "good" },
  failed: { color: "red", icon: X, word: "failed" },
  skipped: { color: "gray", icon: Minus, word: "not looked at" },
} as const;

export function CheckSteps({ result, host }: { result: CheckResult; host: string }) {
  return (
    <Stack gap="xs" component="ol" p={0} m={0} style={{ listStyle: "none" }} aria-label={`Steps to ${host}`}>
      {result.steps.map(({ step, status, found, problem }) => {
        const { color, icon: Icon, word } = LOOKS[status];
        return (
          <li key={step}>
            <Group gap="sm" wrap="nowrap" align="flex-start">
              <ThemeIcon size={22} radius="xl" color={color} variant="light">
                <Icon size={13} aria-label={word} />
              </ThemeIcon>
              <div style={{ minWidth: 0, flex: 1 }}>
                <Text size="sm" fw={500}>
                  {step}
                </Text>
                {found === null ? null : (
                  <Text size="xs" c="dimmed" className="breakable">
                    {found}
                  </Text>
                )}
                {problem === null ? null : <ProblemView problem={problem} />}
              </div>
            </Group>
          </li>
        );
      })}
    </Stack>
  );
}
