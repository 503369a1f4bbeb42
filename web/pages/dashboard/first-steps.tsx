// With no hosts yet: the way to the first backup, and how far one is on it.
import { Box, Group, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { ButtonLink } from "../../parts/text-link.tsx";

export function FirstSteps({ isConfigured, hasWorker }: { isConfigured: boolean; hasWorker: boolean }) {
  const isAdmin = useMay("admin");
  return (
    <Paper withBorder p={{ base: "md", sm: "xl" }} radius="lg" maw={720}>
      <Title order={2} fz={20}>
        Welcome. Four steps to the first backup
      </Title>
      <Stack gap="lg" mt="lg">
        <Step
          number={1}
          isDone={isConfigured}
          title="Say where backups lie"
          action={
            isAdmin && !isConfigured ? (
              <ButtonLink to="/settings" size="xs">
                Set the backup root
              </ButtonLink>
            ) : null
          }
          command="pobsync configure-global --backup-root /backups"
        >
          A folder on a disk with room for all hosts. It gets a marker, so that an unmounted disk is noticed.
        </Step>
        <Step
          number={2}
          isDone={false}
          title="Add a host"
          action={
            isAdmin && isConfigured ? (
              <ButtonLink to="/hosts/new" size="xs">
                Add a host
              </ButtonLink>
            ) : null
          }
          command="pobsync configure-host web1 --address web1.example.org"
        >
          A machine with sshd and rsync; nothing else is installed there.
        </Step>
        <Step number={3} isDone={hasWorker} title="Have a worker and a scheduler run" command="pobsync up">
          They do what is queued and queue what is due. With <b>pobsync up</b> they run beside this console.
        </Step>
        <Step
          number={4}
          isDone={false}
          title="Back it up, then give it a schedule"
          command="pobsync backup web1"
        >
          The first backup copies everything; each one after it only what has changed.
        </Step>
      </Stack>
    </Paper>
  );
}

function Step({
  number,
  isDone,
  title,
  action,
  command,
  children,
}: {
  number: number;
  isDone: boolean;
  title: string;
  action?: ReactNode;
  command: string;
  children: ReactNode;
}) {
  return (
    <Group align="flex-start" wrap="nowrap" gap="md">
      <ThemeIcon radius="xl" size={30} variant={isDone ? "filled" : "light"} color={isDone ? "teal" : "gray"}>
        {isDone ? <Check size={16} aria-label="Done" /> : <Text fw={600}>{number}</Text>}
      </ThemeIcon>
      <Box style={{ minWidth: 0 }}>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed">
          {children}
        </Text>
        <Stack gap="xs" mt={6} align="flex-start">
          {action}
          <CommandLine command={command} />
        </Stack>
      </Box>
    </Group>
  );
}
