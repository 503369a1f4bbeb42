// A hint whose commands can be copied: those that stand for themselves have a line of their own.
import { Code, Stack, Text } from "@mantine/core";
import { CommandLine } from "./command-line.tsx";
import { type HintPart, hintParts } from "./hint-parts.ts";

export function RichHint({ text }: { text: string }) {
  return (
    <Stack gap={6}>
      {blocksOf(hintParts(text)).map((block) => {
        const [first] = block;
        const key = block.map((part) => part.text).join("");
        if (first?.kind === "line") return <CommandLine key={key} command={first.text} />;
        return (
          <Text key={key} size="sm">
            {block.map((part) =>
              part.kind === "command" ? <Code key={part.text}>{part.text}</Code> : part.text,
            )}
          </Text>
        );
      })}
    </Stack>
  );
}

/** Lines are blocks by themselves; what is between them is one each. */
function blocksOf(parts: readonly HintPart[]): HintPart[][] {
  const blocks: HintPart[][] = [];
  for (const part of parts) {
    const last = blocks.at(-1);
    if (part.kind === "line" || last === undefined || last[0]?.kind === "line") blocks.push([part]);
    else last.push(part);
  }
  return blocks;
}
