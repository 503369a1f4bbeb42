// Somebody's name and role.
import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import type { UserJson } from "../../../src/contract/types.ts";
import { client } from "../../api/client.ts";
import { ProblemView } from "../../parts/problem-view.tsx";
import { roleChoices, roleFrom } from "../../parts/role-words.ts";
import { tellDone } from "../../parts/told.tsx";

export function ChangePerson({
  user,
  close,
  changed,
}: {
  user: UserJson;
  close: () => void;
  changed: () => void;
}) {
  const [name, setName] = useState(user.displayName ?? "");
  const [role, setRole] = useState(user.role);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const displayName = name.trim() === "" ? null : name.trim();
      await client.users.change({ username: user.username, displayName, role });
      tellDone("Saved.");
      changed();
      close();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={close} title={`Change ${user.username}`} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="As people know them; may be left empty."
            maxLength={100}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label="Role"
            description="Holds from the next request on."
            data={roleChoices()}
            value={role}
            onChange={(chosen) => setRole(roleFrom(chosen))}
            allowDeselect={false}
          />
          {error === null ? null : <ProblemView error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={isBusy}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
