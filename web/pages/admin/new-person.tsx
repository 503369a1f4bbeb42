// A new account.
import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { NewPassword } from "../../parts/new-password.tsx";
import { strengthOf } from "../../parts/password-strength.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { roleChoices, roleFrom } from "../../parts/role-words.ts";
import { tellDone } from "../../parts/told.tsx";

const EMPTY = { username: "", displayName: "", role: "viewer", password: "" };

export function NewPerson({ opened, close, made }: { opened: boolean; close: () => void; made: () => void }) {
  const [typed, setTyped] = useState(EMPTY);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const { username, displayName, role, password } = typed;
  const set = (part: Partial<typeof EMPTY>): void => setTyped((before) => ({ ...before, ...part }));
  const done = (): void => {
    setTyped(EMPTY);
    setError(null);
    close();
  };
  const make = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const name = displayName.trim();
      const user = await client.users.create({
        ...{ username: username.trim(), password, role: roleFrom(role) },
        ...(name === "" ? {} : { displayName: name }),
      });
      tellDone(`${user.username} can sign in.`);
      made();
      done();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={done} title="Add a person" centered size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Username"
            description="Small letters, digits, dot, hyphen, underscore and @. It never changes."
            maxLength={64}
            required
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            data-autofocus
            value={username}
            onChange={(event) => set({ username: event.currentTarget.value })}
          />
          <TextInput
            label="Name"
            description="As people know them; may be left empty."
            maxLength={100}
            autoComplete="off"
            value={displayName}
            onChange={(event) => set({ displayName: event.currentTarget.value })}
          />
          <Select
            label="Role"
            data={roleChoices()}
            value={role}
            onChange={(chosen) => set({ role: chosen ?? "viewer" })}
            allowDeselect={false}
          />
          <NewPassword
            label="Password"
            value={password}
            onChange={(value) => set({ password: value })}
            username={username.trim()}
            offersOne
          />
          {error === null ? null : <ProblemView error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={done}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={isBusy}
              disabled={username.trim() === "" || strengthOf(password, username.trim()).isRefused}
            >
              Add
            </Button>
          </Group>
          <CommandLine
            command={`pobsync createsuperuser --username ${shellWord(username.trim() || "NAME")} --role ${role}`}
          />
        </Stack>
      </form>
    </Modal>
  );
}
