// States by colour, mark and word: never by colour alone.
import { Badge } from "@mantine/core";
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleX,
  Clock,
  LoaderCircle,
  type LucideIcon,
  TriangleAlert,
} from "lucide-react";
import type { HostJson, RunJson } from "../../src/contract/types.ts";

interface Look {
  readonly color: string;
  readonly icon: LucideIcon;
  readonly word: string;
}

const RUN: Record<RunJson["status"], Look> = {
  queued: { color: "gray", icon: Clock, word: "queued" },
  running: { color: "blue", icon: LoaderCircle, word: "running" },
  succeeded: { color: "teal", icon: CircleCheck, word: "succeeded" },
  warning: { color: "yellow", icon: TriangleAlert, word: "warnings" },
  failed: { color: "red", icon: CircleX, word: "failed" },
  cancelled: { color: "gray", icon: Ban, word: "cancelled" },
};

const HEALTH: Record<HostJson["health"], Look> = {
  fresh: { color: "teal", icon: CircleCheck, word: "fresh" },
  late: { color: "orange", icon: Clock, word: "late" },
  failing: { color: "red", icon: CircleX, word: "failing" },
  never: { color: "yellow", icon: CircleDashed, word: "never backed up" },
  disabled: { color: "gray", icon: CirclePause, word: "disabled" },
};

export const runLook = (status: RunJson["status"]): Look => RUN[status];
export const healthLook = (health: HostJson["health"]): Look => HEALTH[health];

function LookBadge({ look: { color, icon: Icon, word } }: { look: Look }) {
  return (
    <Badge
      color={color}
      variant="light"
      leftSection={<Icon size={13} aria-hidden />}
      styles={{ label: { textTransform: "none" }, root: { flexShrink: 0, minWidth: "max-content" } }}
    >
      {word}
    </Badge>
  );
}

export const RunBadge = ({ status }: { status: RunJson["status"] }) => <LookBadge look={RUN[status]} />;
export const HealthBadge = ({ health }: { health: HostJson["health"] }) => (
  <LookBadge look={HEALTH[health]} />
);
