// The first account: whoever reads what the server printed may make it.
import { Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect, useState } from "react";
import { client } from "../../api/client.ts";
import { useOpenedSession } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";

const SHORTEST = 12;

export function FirstAccount() {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const opened = useOpenedSession();
  const form = useForm({
    initialValues: { code: "", username: "admin", password: "", again: "" },
    validate: {
      password: (value) => (value.length < SHORTEST ? `At least ${SHORTEST} characters.` : null),
      again: (value, { password }) => (value === password ? null : "That is not the same."),
    },
  });
  useEffect(() => {
    document.title = "First account · pobsync";
  }, []);
  const submit = form.onSubmit(async ({ code, username, password }) => {
    setBusy(true);
    try {
      opened(await client.session.setup.create({ code: code.trim(), username, password }));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} fz={22}>
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
          spellCheck={false}
          required
          autoFocus
          {...form.getInputProps("code")}
        />
        <TextInput
          label="Username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          {...form.getInputProps("username")}
        />
        <PasswordInput
          label="Password"
          description={`At least ${SHORTEST} characters; a few words are fine.`}
          autoComplete="new-password"
          required
          {...form.getInputProps("password")}
        />
        <PasswordInput
          label="Once more"
          autoComplete="new-password"
          required
          {...form.getInputProps("again")}
        />
        <Button type="submit" loading={busy} fullWidth>
          Make the account
        </Button>
        <Text size="xs" c="dimmed" component="div">
          Or on the server:
          <CommandLine command="pobsync createsuperuser --username admin" />
        </Text>
      </Stack>
    </form>
  );
}
