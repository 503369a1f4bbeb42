// Signing in; the second factor is asked for when the password was right.
import { Button, PasswordInput, Stack, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect, useState } from "react";
import { client, problemOf } from "../../api/client.ts";
import { useOpenedSession } from "../../api/session.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";

export function SignIn() {
  const [error, setError] = useState<unknown>(null);
  const [needsCode, setNeedsCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const opened = useOpenedSession();
  const form = useForm({ initialValues: { username: "", password: "", totp: "" } });
  useEffect(() => {
    document.title = "Sign in · pobsync";
  }, []);
  const submit = form.onSubmit(async ({ username, password, totp }) => {
    setBusy(true);
    try {
      opened(await client.session.login({ username, password, ...(totp === "" ? {} : { totp }) }));
    } catch (failure) {
      const asksForCode = problemOf(failure).code === "totp_required";
      setError(asksForCode && !needsCode ? null : failure);
      setNeedsCode(needsCode || asksForCode);
    } finally {
      setBusy(false);
    }
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} fz={22}>
          Sign in
        </Title>
        {error === null ? null : <ProblemView error={error} />}
        <TextInput
          label="Username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
          {...form.getInputProps("username")}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          {...form.getInputProps("password")}
        />
        {needsCode ? (
          <TextInput
            label="Code"
            description="Six digits from the app on your phone, or a recovery code."
            autoComplete="one-time-code"
            required
            autoFocus
            {...form.getInputProps("totp")}
          />
        ) : null}
        <Button type="submit" loading={busy} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
