// The own password, changed; every other session ends with it.
import { Button, Group, Paper, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useOpenedSession, useSession } from "../../api/session.tsx";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { NewPassword } from "../../parts/new-password.tsx";
import { strengthOf } from "../../parts/password-strength.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { Section } from "../../parts/section.tsx";
import { tellDone } from "../../parts/told.tsx";

const EMPTY = { current: "", next: "", again: "" };

export function OwnPassword() {
  const { user } = useSession();
  const opened = useOpenedSession();
  const [typed, setTyped] = useState(EMPTY);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const { current, next, again } = typed;
  const set = (part: Partial<typeof EMPTY>): void => setTyped((before) => ({ ...before, ...part }));
  const isReady = current !== "" && next === again && !strengthOf(next, user.username).isRefused;
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      opened(await client.session.changePassword({ current, next }));
      setTyped(EMPTY);
      tellDone("The password is changed. All your other sessions have ended.");
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title="Password">
      <Paper withBorder p="md" radius="md">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) void submit();
          }}
        >
          <Stack gap="sm">
            {/* For password managers, which want to know whose it is. */}
            <TextInput
              value={user.username}
              autoComplete="username"
              readOnly
              label="Username"
              display="none"
            />
            <PasswordInput
              label="Current password"
              autoComplete="current-password"
              required
              value={current}
              onChange={(event) => set({ current: event.currentTarget.value })}
            />
            <NewPassword value={next} onChange={(value) => set({ next: value })} username={user.username} />
            <PasswordInput
              label="Once more"
              autoComplete="new-password"
              required
              value={again}
              onChange={(event) => set({ again: event.currentTarget.value })}
              error={again !== "" && again !== next ? "That is not the same." : null}
            />
            {error === null ? null : <ProblemView error={error} />}
            <Group>
              <Button type="submit" disabled={!isReady} loading={isBusy}>
                Change the password
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
      <CommandLine command={`pobsync set-password ${shellWord(user.username)}`} />
    </Section>
  );
}
