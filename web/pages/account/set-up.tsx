// Setting up the second factor: the code to scan, and the first number from the app as proof that it works.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { useCopy } from "../../parts/use-copy.ts";
import { QrCode } from "./qr-code.tsx";

export type Proposal = Awaited<ReturnType<typeof client.session.totp.start>>;

const DIGITS = 6;

export function SetUp({
  proposal: { secret, uri },
  done,
  cancel,
}: {
  proposal: Proposal;
  done: (recoveryCodes: readonly string[]) => void;
  cancel: () => void;
}) {
  const { copied, copy } = useCopy(secret);
  const [code, setCode] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      done((await client.session.totp.confirm({ code })).recoveryCodes);
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
        void confirm();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          1. Scan this with an app for codes (Aegis, 2FAS, Google Authenticator, a password manager …):
        </Text>
        <Group align="flex-start" gap="md">
          <QrCode text={uri} label="QR code for the app" />
          <Stack gap={6} style={{ minWidth: 0, flex: "1 1 180px" }}>
            <Text size="sm" c="dimmed">
              Or type this key into it:
            </Text>
            <Text size="sm" className="verbatim">
              {(secret.match(/.{1,4}/g) ?? []).join(" ")}
            </Text>
            <Group>
              <Button size="compact-xs" variant="default" onClick={copy}>
                {copied ? "Copied" : "Copy the key"}
              </Button>
            </Group>
          </Stack>
        </Group>
        <TextInput
          label="2. Type the code that the app shows now"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={DIGITS + 1}
          required
          w={{ base: "100%", xs: 320 }}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {error === null ? null : <ProblemView error={error} />}
        <Group gap="xs">
          <Button type="submit" loading={isBusy} disabled={code.replaceAll(/\D/g, "").length !== DIGITS}>
            Switch it on
          </Button>
          <Button variant="default" onClick={cancel}>
            Not now
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
