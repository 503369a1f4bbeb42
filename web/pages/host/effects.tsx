// What changed rules of retention would do, before they are saved.
import { Alert, Code, Text } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import type { client } from "../../api/client.ts";
import { countText } from "../../parts/words.ts";

export type EffectList = Awaited<ReturnType<typeof client.hosts.previewChange>>["effects"];

const NAMED = 20;
/** With a thousand hosts nobody reads about each. */
const HOSTS_SHOWN = 12;

export function Effects({ effects }: { effects: EffectList }) {
  const shown = effects.filter(({ more, fewer }) => more.length + fewer.length > 0);
  if (shown.length === 0) return null;
  return (
    <Alert color="yellow" icon={<TriangleAlert size={18} aria-hidden />} title="Other rules, other snapshots">
      {shown.slice(0, HOSTS_SHOWN).map(({ host, before, after, more, fewer }) => (
        <div key={host}>
          <Text size="sm">
            <b>{host}</b>: {before} → {after}
          </Text>
          {more.length === 0 ? null : (
            <Text size="sm">
              The next prune would remove {countText(more.length, "snapshot")} that would stay under the old
              rules:{" "}
              {more.slice(0, NAMED).map((name) => (
                <Code key={name} mr={4}>
                  {name}
                </Code>
              ))}
              {more.length > NAMED ? "…" : ""}
            </Text>
          )}
          {fewer.length === 0 ? null : (
            <Text size="sm">{countText(fewer.length, "snapshot")} more would stay.</Text>
          )}
        </div>
      ))}
      {shown.length > HOSTS_SHOWN ? (
        <Text size="sm" fw={600}>
          And {countText(shown.length - HOSTS_SHOWN, "more host")} would keep others than now.
        </Text>
      ) : null}
    </Alert>
  );
}
