// The way in: signing in, or making the first account.
import { Box, Center, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../api/client.ts";
import { Logo } from "../../parts/logo.tsx";
import { FirstAccount } from "./first-account.tsx";
import { SignIn } from "./sign-in.tsx";

export function WayIn() {
  const { data, isPending } = useQuery(query.session.setup.state.queryOptions());
  return (
    <Center mih="100vh" p="md" component="main">
      <Stack w="100%" maw={400} gap="lg">
        <Box mx="auto">
          <Logo size={40} />
        </Box>
        <Paper withBorder p="xl" radius="lg" shadow="sm">
          {isPending ? <Skeleton height={220} /> : data?.needed === true ? <FirstAccount /> : <SignIn />}
        </Paper>
        <Text size="xs" c="dimmed" ta="center">
          Backups that can be trusted: pulled, kept, proven.
        </Text>
      </Stack>
    </Center>
  );
}
