// A new token: its name, what it may do and for how long; then the token itself, this once.
import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useSession } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { tokenRoleChoices, tokenRoleFrom } from "../../parts/role-words.ts";
import { ShownOnce } from "../../parts/shown-once.tsx";
import { curlLine, scrapeLine } from "./curl-line.ts";

const LASTS = [
  { value: "30d", label: "30 days" },
  { value: "90d", label: "90 days" },
  { value: "365d", label: "a year" },
  { value: "day", label: "until a day" },
  { value: "never", label: "until it is revoked" },
];
const EMPTY = { name: "", role: "viewer", lasts: "90d", day: "" };

export function TokenForm({ opened, close, made }: { opened: boolean; close: () => void; made: () => void }) {
  const { user } = useSession();
  const [typed, setTyped] = useState(EMPTY);
  const [secret, setSecret] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const { name, role, lasts, day } = typed;
  const set = (part: Partial<typeof EMPTY>): void => setTyped((before) => ({ ...before, ...part }));
  const done = (): void => {
    setTyped(EMPTY);
    setSecret(null);
    setError(null);
    close();
  };
  const make = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const expiresAt = lasts === "never" ? null : lasts === "day" ? day : lasts;
      const answer = await client.tokens.create({ name: name.trim(), role: tokenRoleFrom(role), expiresAt });
      setSecret(answer.secret);
      made();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={done}
      title={secret === null ? "New token" : `Token ${name}`}
      centered
      size="lg"
      // What is shown only once should not go by a slip of the hand.
      closeOnClickOutside={secret === null}
      closeOnEscape={secret === null}
    >
      {secret === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void make();
          }}
        >
          <Stack gap="sm">
            <TextInput
              label="Name"
              description="What uses it, so that you know it again."
              placeholder="monitoring"
              maxLength={64}
              required
              data-autofocus
              value={name}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
            <Select
              label="It may"
              data={tokenRoleChoices(user.role)}
              value={role}
              onChange={(chosen) => set({ role: chosen ?? "viewer" })}
              allowDeselect={false}
            />
            <Select
              label="It is good for"
              data={LASTS}
              value={lasts}
              onChange={(chosen) => set({ lasts: chosen ?? "90d" })}
              allowDeselect={false}
            />
            {lasts === "day" ? (
              <TextInput
                type="date"
                label="Last day"
                required
                value={day}
                onChange={(event) => set({ day: event.currentTarget.value })}
              />
            ) : null}
            {error === null ? null : <ProblemView error={error} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={done}>
                Cancel
              </Button>
              <Button type="submit" loading={isBusy} disabled={name.trim() === ""}>
                Make it
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="sm">
          <ShownOnce
            title="Copy it now"
            words="It is shown this once, and only its hash is kept. When it is lost, revoke it and make another."
            label="The token"
            text={secret}
          />
          <CommandLine command={role === "metrics" ? scrapeLine(secret) : curlLine(secret)} />
          <Group justify="flex-end">
            <Button onClick={done}>Done</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
