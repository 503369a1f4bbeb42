// A hint whose commands can be copied: those that stand for themselves have a line of their own.
import { Code, Group, Stack, Text } from "@mantine/core";
import { CommandLine } from "./command-line.tsx";
import { type HintPart, hintParts } from "./hint-parts.ts";

export function RichHint({ text }: { text: string }) {
  return (
    <Stack gap={6}>
      {blocksOf(hintParts(text)).map((block) => {
        const [first] = block;
        const key = block.map((part) => part.text).join("");
        if (first?.kind === "line")
          return (
            <Group key={key} gap="xs">
              {block.map(({ text: command }) => (
                <CommandLine key={command} command={command} />
              ))}
            </Group>
          );
        return (
          <Text key={key} size="sm">
            {block.map((part) =>
              part.kind === "command" ? (
                <Code key={part.text}>{part.text}</Code>
              ) : (
                withWholeOptions(part.text)
              ),
            )}
          </Text>
        );
      })}
    </Stack>
  );
}

/** A line does not end within the name of an option. */
function withWholeOptions(text: string) {
  let at = 0;
  return text.split(/(?<!\S)(--[a-z-]+)/).map((piece) => {
    at += piece.length;
    return piece.startsWith("--") ? (
      // The place, because an option may be named twice.
      <Text key={at} span inherit style={{ whiteSpace: "nowrap" }}>
        {piece}
      </Text>
    ) : (
      piece
    );
  });
}

/** Commands that follow each other are a block, and what is between such blocks is another. */
function blocksOf(parts: readonly HintPart[]): HintPart[][] {
  const blocks: HintPart[][] = [];
  for (const part of parts) {
    const last = blocks.at(-1);
    if (last === undefined || (last[0]?.kind === "line") !== (part.kind === "line")) blocks.push([part]);
    else last.push(part);
  }
  return blocks;
}
