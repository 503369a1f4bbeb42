// The command that does the same in a terminal, ready to be copied.
import { ActionIcon, Code, Group } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useCopy } from "./use-copy.ts";

export function CommandLine({ command }: { command: string }) {
  const { copied, copy } = useCopy(command);
  return (
    <Group gap={6} wrap="nowrap" align="center">
      <Code className="verbatim" aria-label="On the command line">
        {command}
      </Code>
      <ActionIcon
        variant="subtle"
        color={copied ? "teal" : "gray"}
        size="sm"
        onClick={copy}
        title={copied ? "Copied" : "Copy"}
        aria-label={copied ? "Copied" : "Copy the command"}
      >
        {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </ActionIcon>
    </Group>
  );
}

/** A word of a command line: quoted where a shell would see more than the word. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
