// What kind of entry it is, as a picture with a word.
import { CornerUpRight, Box as Device, File, Folder, Plug, Workflow } from "lucide-react";
import type { Entry } from "../../api/types.ts";

const ICONS = {
  file: File,
  directory: Folder,
  symlink: CornerUpRight,
  "block-device": Device,
  "character-device": Device,
  fifo: Workflow,
  socket: Plug,
} as const;

export function EntryIcon({ type }: { type: Entry["type"] }) {
  const Icon = ICONS[type];
  return (
    <Icon
      size={16}
      aria-label={type}
      fill={type === "directory" ? "currentColor" : "none"}
      fillOpacity={0.15}
    />
  );
}
