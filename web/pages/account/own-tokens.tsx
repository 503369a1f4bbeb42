// What one's own scripts sign in with.
import { Button, Paper } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { query } from "../../api/client.ts";
import { useSession } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { MoreButton } from "../../parts/more-button.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { Section } from "../../parts/section.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { TokenTable } from "../../parts/token-table.tsx";
import { curlLine } from "./curl-line.ts";
import { TokenForm } from "./token-form.tsx";

const PAGE = 50;

export function OwnTokens() {
  const { user } = useSession();
  const queries = useQueryClient();
  const [isMaking, making] = useDisclosure(false);
  const tokens = useInfiniteQuery(
    query.tokens.list.infiniteOptions({
      input: (after: string | undefined) => ({
        ...{ username: user.username, limit: PAGE },
        ...(after === undefined ? {} : { after: Number(after) }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next ?? undefined,
    }),
  );
  const changed = (): void => void queries.invalidateQueries({ queryKey: query.tokens.key() });
  return (
    <Section
      title="API tokens"
      lead={
        <>
          For scripts. What they can do is described under <TextLink to="/api/docs">API</TextLink>.
        </>
      }
      actions={
        <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={making.open}>
          New token
        </Button>
      }
    >
      <Paper withBorder p={{ base: "xs", sm: "md" }} radius="md">
        <QueryView query={tokens} rows={3}>
          {({ pages }) => (
            <TokenTable
              tokens={pages.flatMap(({ items }) => items)}
              changed={changed}
              empty={
                <EmptyState icon={KeyRound} title="You have no tokens">
                  With one, a script can do over HTTP what you can do here, as far as the token allows.
                </EmptyState>
              }
            />
          )}
        </QueryView>
        <MoreButton query={tokens}>Older tokens</MoreButton>
      </Paper>
      <CommandLine command={curlLine()} />
      <TokenForm opened={isMaking} close={making.close} made={changed} />
    </Section>
  );
}
