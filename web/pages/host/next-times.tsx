// Due times, one after the other.
import { Badge, Group } from "@mantine/core";
import { Moment } from "../../parts/moment.tsx";

export function NextTimes({ times }: { times: readonly string[] }) {
  return (
    <Group gap="xs" component="span" display="inline-flex">
      {times.map((at) => (
        <Badge key={at} variant="light" color="gray" tt="none" fw={500}>
          <Moment at={at} as="date" />
        </Badge>
      ))}
    </Group>
  );
}
