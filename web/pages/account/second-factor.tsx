// The second factor: an app that shows codes, so that a password alone opens nothing.
import { Badge, Button, Group, Paper, PasswordInput, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { ShieldCheck, ShieldOff } from "lucide-react";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { sessionOptions, useSession } from "../../api/session.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { Section } from "../../parts/section.tsx";
import { ShownOnce } from "../../parts/shown-once.tsx";
import { tellDone } from "../../parts/told.tsx";
import { type Proposal, SetUp } from "./set-up.tsx";

export function SecondFactor() {
  const { user } = useSession();
  const queries = useQueryClient();
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: sessionOptions().queryKey });
  const start = async (): Promise<void> => {
    setError(null);
    try {
      setProposal(await client.session.totp.start());
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Section title="Second factor">
      <Paper withBorder p="md" radius="md">
        <Stack gap="sm">
          <Group justify="space-between">
            <Badge
              color={user.totp ? "teal" : "gray"}
              variant="light"
              tt="none"
              leftSection={
                user.totp ? <ShieldCheck size={13} aria-hidden /> : <ShieldOff size={13} aria-hidden />
              }
            >
              {user.totp ? "on" : "off"}
            </Badge>
          </Group>
          <Text size="sm">
            {user.totp
              ? "Signing in also takes a code from an app on your phone."
              : "With it, signing in also takes a code from an app on your phone. Whoever gets hold of your password then still stays outside."}
          </Text>
          {error === null ? null : <ProblemView error={error} />}
          {codes !== null ? (
            <Codes codes={codes} username={user.username} done={() => setCodes(null)} />
          ) : user.totp ? (
            <SwitchOff done={refresh} />
          ) : proposal === null ? (
            <Group>
              <Button variant="default" onClick={() => void start()}>
                Set it up
              </Button>
            </Group>
          ) : (
            <SetUp
              proposal={proposal}
              cancel={() => setProposal(null)}
              done={(recoveryCodes) => {
                setProposal(null);
                setCodes(recoveryCodes);
                tellDone("The second factor is on.");
                void refresh();
              }}
            />
          )}
        </Stack>
      </Paper>
    </Section>
  );
}

function Codes({ codes, username, done }: { codes: readonly string[]; username: string; done: () => void }) {
  return (
    <Stack gap="sm">
      <ShownOnce
        title="Recovery codes"
        words="Each lets you in once when the phone is gone. They are shown this once: keep them where the phone is not."
        label="Recovery codes"
        text={codes.join("\n")}
        fileName={`pobsync-recovery-codes-${username}.txt`}
      />
      <Group>
        <Button onClick={done}>I have kept them</Button>
      </Group>
    </Stack>
  );
}

function SwitchOff({ done }: { done: () => Promise<unknown> }) {
  const [isAsked, setAsked] = useState(false);
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  if (!isAsked)
    return (
      <Group>
        <Button variant="default" onClick={() => setAsked(true)}>
          Switch it off …
        </Button>
      </Group>
    );
  const stop = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await client.session.totp.stop({ password });
      await done();
      tellDone("The second factor is off.");
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
        void stop();
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label="Your password"
          description="The recovery codes go as well."
          autoComplete="current-password"
          required
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {error === null ? null : <ProblemView error={error} />}
        <Group gap="xs">
          <Button color="red" type="submit" loading={isBusy} disabled={password === ""}>
            Switch it off
          </Button>
          <Button variant="default" onClick={() => setAsked(false)}>
            Keep it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
