// Where one is: each part leads there, and the whole can be typed.
import { ActionIcon, Anchor, Group, Text, TextInput } from "@mantine/core";
import { Pencil } from "lucide-react";
import { Fragment, useState } from "react";
import { partsOf } from "../../parts/path-words.ts";

export function PathBar({ path, go }: { path: string; go: (path: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const parts = partsOf(path);
  if (typed !== null)
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTyped(null);
          go(`/${partsOf(typed).join("/")}`);
        }}
      >
        <TextInput
          aria-label="Path"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={() => setTyped(null)}
          onKeyDown={(event) => event.key === "Escape" && setTyped(null)}
          autoFocus
          spellCheck={false}
        />
      </form>
    );
  return (
    <Group component="nav" aria-label="Path" gap={4} className="verbatim">
      <Anchor component="button" type="button" miw={24} onClick={() => go("/")} aria-label="The root folder">
        /
      </Anchor>
      {parts.map((part, at) => {
        const whole = `/${parts.slice(0, at + 1).join("/")}`;
        const isLast = at === parts.length - 1;
        return (
          <Fragment key={whole}>
            {isLast ? (
              <Text span fw={600} className="breakable" aria-current="location">
                {part}
              </Text>
            ) : (
              <Anchor component="button" type="button" onClick={() => go(whole)} className="breakable">
                {part}
              </Anchor>
            )}
            {isLast ? null : (
              <Text span c="dimmed">
                /
              </Text>
            )}
          </Fragment>
        );
      })}
      <ActionIcon
        variant="subtle"
        color="gray"
        size={24}
        onClick={() => setTyped(path)}
        aria-label="Type a path"
      >
        <Pencil size={14} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
