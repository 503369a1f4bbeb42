// The API tokens of all people.
import { Paper, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { query } from "../../api/client.ts";
import { EmptyState } from "../../parts/empty-state.tsx";
import { MoreButton } from "../../parts/more-button.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { SearchInput } from "../../parts/search-input.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { TokenTable } from "../../parts/token-table.tsx";
import { useFilters } from "../../parts/use-search.ts";

const PAGE = 100;

export function AllTokens() {
  const [{ username }, change] = useFilters();
  const queries = useQueryClient();
  const tokens = useInfiniteQuery(
    query.tokens.list.infiniteOptions({
      input: (after: string | undefined) => ({
        ...(username === undefined ? {} : { username }),
        limit: PAGE,
        ...(after === undefined ? {} : { after: Number(after) }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  return (
    <Stack gap="md">
      <SearchInput
        label="Of"
        placeholder="anybody"
        value={username ?? ""}
        onChange={(text) => change({ username: text })}
        width={180}
        maxLength={64}
      />
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={tokens} rows={6}>
          {({ pages }) => (
            <TokenTable
              tokens={pages.flatMap(({ items }) => items)}
              changed={() => void queries.invalidateQueries({ queryKey: query.tokens.key() })}
              withOwner
              empty={
                <EmptyState
                  icon={KeyRound}
                  title={username === undefined ? "There are no tokens" : `${username} has no tokens`}
                >
                  People make tokens for their scripts themselves, under Account.
                </EmptyState>
              }
            />
          )}
        </QueryView>
        <MoreButton query={tokens}>Older tokens</MoreButton>
      </Paper>
      <Text size="sm" c="dimmed">
        Your own are made under <TextLink to="/account">Account</TextLink>. A token may at most what its owner
        may, and counts for nothing while the owner is disabled.
      </Text>
    </Stack>
  );
}
