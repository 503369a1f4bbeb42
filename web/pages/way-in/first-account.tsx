// The first account: whoever reads what the server printed may make it.
import { Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { client } from "../../api/client.ts";
import { useOpenedSession } from "../../api/session.tsx";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { NewPassword } from "../../parts/new-password.tsx";
import { strengthOf } from "../../parts/password-strength.ts";
import { ProblemView } from "../../parts/problem-view.tsx";

export function FirstAccount() {
  const [typed, setTyped] = useState({ code: "", username: "admin", password: "", again: "" });
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const opened = useOpenedSession();
  const { code, username, password, again } = typed;
  const set = (part: Partial<typeof typed>): void => setTyped((before) => ({ ...before, ...part }));
  useEffect(() => {
    document.title = "First account · pobsync";
  }, []);
  const isReady = password === again && !strengthOf(password, username.trim()).isRefused;
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      opened(await client.session.setup.create({ code: code.trim(), username: username.trim(), password }));
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
        if (isReady) void submit();
      }}
    >
      <Stack>
        <Title order={1} fz={26}>
          Welcome
        </Title>
        <Text size="sm" c="dimmed">
          Make the first account, an administrator. The code stands in what the server printed when it
          started.
        </Text>
        {error === null ? null : <ProblemView error={error} />}
        <TextInput
          label="Code from the terminal"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          required
          autoFocus
          value={code}
          onChange={(event) => set({ code: event.currentTarget.value })}
        />
        <TextInput
          label="Username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          required
          value={username}
          onChange={(event) => set({ username: event.currentTarget.value })}
        />
        <NewPassword
          label="Password"
          value={password}
          onChange={(value) => set({ password: value })}
          username={username.trim()}
        />
        <PasswordInput
          label="Once more"
          autoComplete="new-password"
          required
          value={again}
          onChange={(event) => set({ again: event.currentTarget.value })}
          error={again !== "" && again !== password ? "That is not the same." : null}
        />
        <Button type="submit" loading={isBusy} disabled={!isReady} fullWidth size="md">
          Make the account
        </Button>
        <Text size="xs" c="dimmed" component="div">
          Or on the server:
          <CommandLine
            command={`pobsync createsuperuser --username ${shellWord(username.trim() || "admin")}`}
          />
        </Text>
      </Stack>
    </form>
  );
}
