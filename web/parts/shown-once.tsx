// Something secret that is shown this once: to be copied or kept as a file, then gone.
import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { Check, Copy, Download, KeyRound } from "lucide-react";
import { useCopy } from "./use-copy.ts";

export function ShownOnce({
  title,
  words,
  text,
  label,
  fileName,
}: {
  title: string;
  /** What it is for, and what to do when it is lost. */
  words: string;
  text: string;
  /** What it is, for those who cannot see it. */
  label: string;
  /** Offers it as a file of that name. */
  fileName?: string;
}) {
  const { copied, copy } = useCopy(text);
  return (
    <Alert color="teal" icon={<KeyRound size={18} aria-hidden />} title={title}>
      <Stack gap="xs">
        <Text size="sm">{words}</Text>
        <Code block className="verbatim" aria-label={label} fz="sm">
          {text}
        </Code>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            onClick={copy}
            leftSection={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          >
            {copied ? "Copied" : "Copy"}
          </Button>
          {fileName === undefined ? null : (
            <Button
              size="xs"
              variant="default"
              leftSection={<Download size={14} aria-hidden />}
              onClick={() => saveText(fileName, text)}
            >
              Save as a file
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
