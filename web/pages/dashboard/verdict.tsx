// One sentence, worst first: five seconds are enough.
import { Group, Paper, Text, ThemeIcon } from "@mantine/core";
import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import type { client } from "../../api/client.ts";

export type SiteStatus = Awaited<ReturnType<typeof client.site.status>>;

export function Verdict({ site }: { site: SiteStatus }) {
  const level = site.attention.some((item) => item.level === "bad")
    ? "bad"
    : site.attention.length > 0
      ? "warning"
      : "well";
  const { color, icon: Icon } = {
    bad: { color: "red", icon: CircleX },
    warning: { color: "yellow", icon: TriangleAlert },
    well: { color: "teal", icon: CircleCheck },
  }[level];
  return (
    <Paper withBorder p="md" radius="lg" role="status">
      <Group wrap="nowrap" gap="md">
        <ThemeIcon size={44} radius="xl" color={color} variant="light">
          <Icon size={26} aria-hidden />
        </ThemeIcon>
        <Text fz={{ base: 17, sm: 20 }} fw={600} className="breakable">
          {site.sentence}
        </Text>
      </Group>
    </Paper>
  );
}
