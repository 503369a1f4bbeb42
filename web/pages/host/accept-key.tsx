// Another key is accepted by its fingerprint, which somebody has compared with what the host itself shows.
import { Button, Group, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, query } from "../../api/client.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { tellDone } from "../../parts/told.tsx";

export function AcceptKey({ host, suggested = "" }: { host: string; suggested?: string }) {
  const queries = useQueryClient();
  const [fingerprint, setFingerprint] = useState(suggested);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const accept = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const changed = await client.hosts.acceptKey({ host, fingerprint: fingerprint.trim() });
      queries.setQueryData(query.hosts.get.queryKey({ input: { host } }), changed);
      tellDone("The key is pinned.");
      setFingerprint("");
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void accept();
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          style={{ flex: "1 1 280px" }}
          label="Accept another key by its fingerprint"
          description="On the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
          placeholder="SHA256:…"
          spellCheck={false}
          value={fingerprint}
          onChange={(event) => setFingerprint(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={fingerprint.trim() === ""} loading={isBusy}>
          Pin this key
        </Button>
      </Group>
      {error === null ? null : <ProblemView error={error} />}
    </form>
  );
}
