// Opens what goes everywhere.
import { ActionIcon, Button, Kbd, Text } from "@mantine/core";
import { Search } from "lucide-react";

export function PaletteButton({ open, prepare }: { open: () => void; prepare: () => void }) {
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<Search size={14} aria-hidden />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={open}
        onMouseEnter={prepare}
        onFocus={prepare}
        visibleFrom="sm"
      >
        <Text size="sm" c="dimmed">
          Go to …
        </Text>
      </Button>
      <ActionIcon variant="default" size="lg" onClick={open} hiddenFrom="sm" aria-label="Go to …">
        <Search size={16} aria-hidden />
      </ActionIcon>
    </>
  );
}
