// Who may sign in, and what each may do.
import { Badge, Button, Group, Paper, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { ShieldCheck, UserPlus, Users } from "lucide-react";
import type { UserJson } from "../../../src/contract/types.ts";
import { query } from "../../api/client.ts";
import { sessionOptions, useSession } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Moment } from "../../parts/moment.tsx";
import { MoreButton } from "../../parts/more-button.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { ROLES } from "../../parts/role-words.ts";
import { SearchInput } from "../../parts/search-input.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { NewPerson } from "./new-person.tsx";
import { PersonMenu } from "./person-menu.tsx";

const PAGE = 100;
const STATES = [
  { value: "true", label: "may sign in" },
  { value: "false", label: "disabled" },
] as const;

export function People() {
  const [search, change] = useFilters();
  const queries = useQueryClient();
  const { user: self } = useSession();
  const [isMaking, making] = useDisclosure(false);
  const role = ROLES.find((known) => known === search.role);
  const enabled = STATES.find(({ value }) => value === search.enabled)?.value;
  const filters = {
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(role === undefined ? {} : { role }),
    ...(enabled === undefined ? {} : { enabled }),
  };
  const people = useInfiniteQuery(
    query.users.list.infiniteOptions({
      input: (after: string | undefined) => ({
        ...filters,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  const changed = (): void => {
    for (const queryKey of [query.users.key(), query.tokens.key(), sessionOptions().queryKey])
      void queries.invalidateQueries({ queryKey });
  };
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end" gap="sm">
        <Group gap="sm" align="flex-end">
          <SearchInput
            label="Name"
            placeholder="anybody"
            value={search.q ?? ""}
            onChange={(q) => change({ q })}
            width={180}
          />
          <Select
            label="Role"
            placeholder="any"
            data={[...ROLES]}
            value={role ?? null}
            onChange={(chosen) => change({ role: chosen ?? "" })}
            clearable
            w={{ base: "calc(50% - 6px)", xs: 140 }}
          />
          <Select
            label="State"
            placeholder="any"
            data={[...STATES]}
            value={enabled ?? null}
            onChange={(chosen) => change({ enabled: chosen ?? "" })}
            clearable
            w={{ base: "calc(50% - 6px)", xs: 150 }}
          />
        </Group>
        <Button leftSection={<UserPlus size={16} aria-hidden />} onClick={making.open}>
          Add a person
        </Button>
      </Group>
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={people} rows={6}>
          {({ pages }) => (
            <DataTable
              label="People"
              rows={pages.flatMap(({ items }) => items)}
              rowKey={({ username }) => username}
              columns={[
                {
                  key: "name",
                  title: "Who",
                  cell: (user) => <Who user={user} isSelf={user.username === self.username} />,
                },
                { key: "role", title: "Role", cell: (user) => user.role, from: "xs", isShort: true },
                { key: "totp", title: "Second factor", cell: SecondFactorMark, from: "md" },
                {
                  key: "login",
                  title: "Last signed in",
                  cell: (user) => <Moment at={user.lastLoginAt} />,
                  from: "sm",
                },
                {
                  key: "made",
                  title: "Since",
                  cell: (user) => <Moment at={user.createdAt} as="date" />,
                  from: "lg",
                },
                {
                  key: "menu",
                  title: "",
                  align: "right",
                  cell: (user) => <PersonMenu user={user} changed={changed} />,
                },
              ]}
              empty={
                <EmptyState icon={Users} title={isFiltered ? "Nobody is like that" : "There is nobody yet"}>
                  Take a filter away, or add somebody.
                </EmptyState>
              }
            />
          )}
        </QueryView>
        <MoreButton query={people}>More people</MoreButton>
      </Paper>
      <CommandLine command="pobsync users" />
      <NewPerson opened={isMaking} close={making.close} made={changed} />
    </Stack>
  );
}

function Who({
  user: { username, displayName, enabled, role },
  isSelf,
}: {
  user: UserJson;
  isSelf: boolean;
}) {
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text size="sm" fw={500}>
          {username}
        </Text>
        {isSelf ? (
          <Badge variant="light" color="teal" tt="none">
            you
          </Badge>
        ) : null}
        {enabled ? null : (
          <Badge variant="light" color="gray" tt="none">
            disabled
          </Badge>
        )}
      </Group>
      {displayName === null ? null : (
        <Text size="xs" c="dimmed">
          {displayName}
        </Text>
      )}
      <Text size="xs" c="dimmed" hiddenFrom="xs">
        {role}
      </Text>
    </Stack>
  );
}

function SecondFactorMark({ totp }: UserJson) {
  return totp ? (
    <Badge variant="light" color="teal" tt="none" leftSection={<ShieldCheck size={12} aria-hidden />}>
      on
    </Badge>
  ) : (
    <Text span size="sm" c="dimmed">
      off
    </Text>
  );
}
