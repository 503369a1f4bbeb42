// API tokens: what each may do, when it was used, until when it is good. What opens the door is never shown again.
import { Badge, Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";
import type { ApiTokenJson } from "../../src/contract/types.ts";
import { client } from "../api/client.ts";
import { TypedConfirm } from "./confirm.tsx";
import { type Column, DataTable } from "./data-table.tsx";
import { Moment } from "./moment.tsx";
import { tellDone } from "./told.tsx";
import { useNow } from "./use-now.ts";

export function TokenTable({
  tokens,
  changed,
  withOwner = false,
  empty,
}: {
  tokens: readonly ApiTokenJson[];
  changed: () => void;
  withOwner?: boolean;
  empty: ReactNode;
}) {
  const [revoked, setRevoked] = useState<ApiTokenJson | null>(null);
  const owner: Column<ApiTokenJson> = {
    key: "owner",
    title: "Of",
    minWidth: 70,
    cell: ({ username }) => username,
  };
  return (
    <>
      <DataTable
        label="API tokens"
        rows={tokens}
        rowKey={({ id }) => id}
        columns={[
          { key: "name", title: "Name", cell: ({ name }) => <Text size="sm">{name}</Text> },
          ...(withOwner ? [owner] : []),
          { key: "role", title: "May", cell: ({ role }) => role, from: "sm", isShort: true },
          { key: "used", title: "Last used", cell: ({ lastUsedAt }) => <Moment at={lastUsedAt} /> },
          { key: "until", title: "Good until", cell: (token) => <Expiry token={token} />, from: "sm" },
          { key: "made", title: "Made", cell: ({ createdAt }) => <Moment at={createdAt} />, from: "md" },
          {
            key: "revoke",
            title: "",
            align: "right",
            cell: (token) => (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => setRevoked(token)}
                aria-label={`Revoke ${token.name}`}
              >
                Revoke
              </Button>
            ),
          },
        ]}
        empty={empty}
      />
      <TypedConfirm
        opened={revoked !== null}
        close={() => setRevoked(null)}
        title={`Revoke ${revoked?.name ?? ""}`}
        word={revoked?.name ?? ""}
        action="Revoke"
        run={async () => {
          if (revoked === null) return;
          await client.tokens.revoke({ id: revoked.id });
          tellDone(`${revoked.name} opens nothing any more.`);
          changed();
        }}
      >
        Whatever still signs in with this token is refused from now on. It cannot be undone.
      </TypedConfirm>
    </>
  );
}

function Expiry({ token: { expiresAt } }: { token: ApiTokenJson }) {
  const now = useNow();
  if (expiresAt === null) return <span>it is revoked</span>;
  return (
    <Group gap="xs">
      <Moment at={expiresAt} as="date" />
      {Date.parse(expiresAt) <= now ? (
        <Badge color="gray" variant="light" tt="none">
          expired
        </Badge>
      ) : null}
    </Group>
  );
}
