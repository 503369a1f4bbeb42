// The mark: what was pulled comes down onto layers that stay.
import { Group, Text } from "@mantine/core";

export function Logo({
  size = 28,
  withName = true,
  onColour = false,
}: {
  size?: number;
  withName?: boolean;
  /** It stands on its own colour, and would not be seen on it. */
  onColour?: boolean;
}) {
  return (
    <Group gap={10} wrap="nowrap">
      <svg width={size} height={size} viewBox="0 0 32 32" role="img" aria-label="pobsync">
        <rect width="32" height="32" rx="8" fill={onColour ? "#ffffff26" : "#087f5b"} />
        <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
          <path d="M16 5.5v9.2M12.2 11.2l3.8 3.9 3.8-3.9" />
          <path d="M6.5 18.2h19" />
          <path d="M6.5 22.4h19" opacity=".72" />
          <path d="M6.5 26.6h19" opacity=".46" />
        </g>
      </svg>
      {withName ? (
        <Text fw={680} fz={size * 0.68} style={{ letterSpacing: "-0.02em" }} aria-hidden>
          pobsync
        </Text>
      ) : null}
    </Group>
  );
}
