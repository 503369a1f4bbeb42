// A new password for somebody who forgot theirs, or must be kept out.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { UserJson } from "../../../src/contract/types.ts";
import { client } from "../../api/client.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { NewPassword } from "../../parts/new-password.tsx";
import { strengthOf } from "../../parts/password-strength.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { tellDone } from "../../parts/told.tsx";

export function SetPassword({
  user,
  close,
  changed,
}: {
  user: UserJson;
  close: () => void;
  changed: () => void;
}) {
  const { username } = user;
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await client.users.setPassword({ username, password });
      tellDone(`${username} has a new password and is signed out everywhere.`);
      changed();
      close();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={close} title={`A new password for ${username}`} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">All their sessions end. API tokens stay. They can change it under Account.</Text>
          <NewPassword value={password} onChange={setPassword} username={username} offersOne />
          {error === null ? null : <ProblemView error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={isBusy} disabled={strengthOf(password, username).isRefused}>
              Set it
            </Button>
          </Group>
          <CommandLine command={`pobsync set-password ${shellWord(username)}`} />
        </Stack>
      </form>
    </Modal>
  );
}
