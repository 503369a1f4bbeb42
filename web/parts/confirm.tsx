// Asking before something is destroyed: the name is typed, so that a slip of the hand destroys nothing.
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { CommandLine } from "./command-line.tsx";
import { ProblemView } from "./problem-view.tsx";

export function TypedConfirm({
  opened,
  close,
  title,
  children,
  word,
  action,
  command,
  run,
}: {
  opened: boolean;
  close: () => void;
  title: string;
  /** What will be gone, and what stays. */
  children: ReactNode;
  /** What has to be typed. */
  word: string;
  /** What the button says: a verb. */
  action: string;
  command?: string;
  run: () => Promise<unknown>;
}) {
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const done = (): void => {
    setTyped("");
    setError(null);
    close();
  };
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await run();
      done();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={done} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === word) void go();
        }}
      >
        <Stack>
          <Text size="sm" component="div">
            {children}
          </Text>
          {error === null ? null : <ProblemView error={error} />}
          <TextInput
            label={
              <>
                Type <b className="verbatim">{word}</b> to confirm
              </>
            }
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
          {command === undefined ? null : <CommandLine command={command} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={done}>
              Keep it
            </Button>
            <Button color="red" type="submit" disabled={typed !== word} loading={busy}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
