// A hint whose command can be copied: commands in hints begin with "pobsync" and end with the sentence.
import { Stack, Text } from "@mantine/core";
import { CommandLine } from "./command-line.tsx";

const COMMAND = /\bpobsync [a-z][^\n]*$/;

export function RichHint({ text }: { text: string }) {
  const found = COMMAND.exec(text);
  if (found === null) return <Text size="sm">{text}</Text>;
  const words = text.slice(0, found.index).trimEnd();
  return (
    <Stack gap={6}>
      {words === "" ? null : <Text size="sm">{words}</Text>}
      <CommandLine command={found[0].replace(/\.$/, "")} />
    </Stack>
  );
}
