// Signing in; the second factor is asked for when the password was right.
import { Anchor, Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import { client, problemOf } from "../../api/client.ts";
import { useOpenedSession } from "../../api/session.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { useWait } from "./use-wait.ts";

type Step = "password" | "code";

export function SignIn() {
  const [step, setStep] = useState<Step>("password");
  const [typed, setTyped] = useState({ username: "", password: "", code: "" });
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  // The sentence is no longer true then.
  const forget = useCallback(() => setError(null), []);
  const wait = useWait(error, forget);
  const opened = useOpenedSession();
  const { username, password, code } = typed;
  const set = (part: Partial<typeof typed>): void => setTyped((before) => ({ ...before, ...part }));
  useEffect(() => {
    document.title = "Sign in · pobsync";
  }, []);
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      const totp = step === "code" ? { totp: code.trim() } : {};
      opened(await client.session.login({ username: username.trim(), password, ...totp }));
    } catch (failure) {
      const problem = problemOf(failure);
      // The first time it is no failure: the password was right.
      setError(problem.code === "totp_required" && step === "password" ? null : failure);
      if (problem.code === "totp_required") setStep("code");
      if (problem.code === "login_failed") setStep("password");
      set({ code: "" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (wait === 0) void submit();
      }}
    >
      <Stack>
        <Title order={1} fz={26}>
          {step === "code" ? "One more thing" : "Sign in"}
        </Title>
        {error === null ? null : <ProblemView error={error} />}
        {step === "password" ? (
          <>
            <TextInput
              label="Username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={64}
              required
              autoFocus
              value={username}
              onChange={(event) => set({ username: event.currentTarget.value })}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              maxLength={1024}
              required
              value={password}
              onChange={(event) => set({ password: event.currentTarget.value })}
            />
          </>
        ) : (
          <TextInput
            label={`Code for ${username}`}
            description="Six digits from the app on your phone, or a recovery code."
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={32}
            required
            autoFocus
            value={code}
            onChange={(event) => set({ code: event.currentTarget.value })}
          />
        )}
        <Button type="submit" loading={isBusy} disabled={wait > 0} fullWidth size="md">
          {wait > 0 ? `Wait ${wait} s` : "Sign in"}
        </Button>
        {step === "code" ? (
          <Text size="sm">
            <Anchor component="button" type="button" size="sm" onClick={() => setStep("password")}>
              Sign in as somebody else
            </Anchor>
          </Text>
        ) : null}
      </Stack>
    </form>
  );
}
