// A new password, with how good it is while it is typed.
import { Button, Group, PasswordInput, Progress, Stack, Text } from "@mantine/core";
import { WandSparkles } from "lucide-react";
import { useId, useState } from "react";
import { makePassword, strengthOf } from "./password-strength.ts";

const COLORS = ["gray", "red", "yellow", "teal", "teal"] as const;

export function NewPassword({
  label = "New password",
  value,
  onChange,
  username,
  offersOne = false,
}: {
  label?: string;
  value: string;
  onChange: (value: string) => void;
  username: string;
  /** A button that makes one up: for those who give somebody else a password. */
  offersOne?: boolean;
}) {
  const id = useId();
  const [isVisible, setVisible] = useState(false);
  const { level, words } = strengthOf(value, username);
  return (
    <Stack gap={6}>
      <PasswordInput
        label={label}
        autoComplete="new-password"
        required
        value={value}
        visible={isVisible}
        onVisibilityChange={setVisible}
        onChange={(event) => onChange(event.currentTarget.value)}
        aria-describedby={id}
      />
      <Progress value={level * 25} color={COLORS[level] ?? "gray"} size={4} aria-hidden />
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="xs" c="dimmed" id={id} role="status">
          {words}
        </Text>
        {offersOne ? (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<WandSparkles size={13} aria-hidden />}
            style={{ flexShrink: 0 }}
            onClick={() => {
              onChange(makePassword());
              setVisible(true);
            }}
          >
            Make one up
          </Button>
        ) : null}
      </Group>
    </Stack>
  );
}
