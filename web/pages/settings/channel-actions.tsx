// What one does with a channel: send a test, change it, remove it.
import { ActionIcon, Button, Group, Modal, Text } from "@mantine/core";
import { PencilLine, Trash2 } from "lucide-react";
import { useState } from "react";
import type { ChannelJson, NotifiedJson } from "../../../src/contract/types.ts";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { TypedConfirm } from "../../parts/confirm.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { tellDone, tellFailure } from "../../parts/told.tsx";

interface Props {
  channel: ChannelJson;
  edit: () => void;
  changed: () => void;
}

export function ChannelActions({ channel: { name }, edit, changed }: Props) {
  const isOperator = useMay("operator");
  const isAdmin = useMay("admin");
  const [isRemoving, setRemoving] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [told, setTold] = useState<NotifiedJson | null>(null);
  const test = async (): Promise<void> => {
    setBusy(true);
    try {
      setTold(await client.channels.test({ name }));
      changed();
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      {isOperator ? (
        <Button size="compact-xs" variant="default" loading={isBusy} onClick={() => void test()}>
          Send a test
        </Button>
      ) : null}
      {isAdmin ? (
        <>
          <ActionIcon variant="subtle" color="gray" aria-label={`Change ${name}`} onClick={edit}>
            <PencilLine size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="red"
            aria-label={`Remove ${name}`}
            onClick={() => setRemoving(true)}
          >
            <Trash2 size={16} aria-hidden />
          </ActionIcon>
        </>
      ) : null}
      <Modal opened={told !== null} onClose={() => setTold(null)} title={`Test of ${name}`} centered>
        {told?.problem == null ? (
          <Text size="sm" mb="md">
            The service has taken the message. See whether it arrived.
          </Text>
        ) : (
          <ProblemView problem={told.problem} />
        )}
        <CommandLine command={`pobsync notify --test ${name}`} />
      </Modal>
      <TypedConfirm
        opened={isRemoving}
        close={() => setRemoving(false)}
        title={`Remove the channel ${name}`}
        word={name}
        action="Remove it"
        command={`pobsync remove-channel ${name} --yes`}
        run={async () => {
          await client.channels.remove({ name, confirm: name });
          tellDone(`The channel ${name} is removed.`);
          changed();
        }}
      >
        Nothing goes there any more. Its passwords and rules are forgotten.
      </TypedConfirm>
    </Group>
  );
}
