// "Back up now": queues a manual run and goes to it, where it is seen running.
import { Button, type ButtonProps } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useState } from "react";
import { client } from "../api/client.ts";
import { useMay } from "../api/session.tsx";
import { tellFailure } from "./told.tsx";

export function BackUpButton({
  host,
  onQueued,
  ...look
}: { host: string /** Instead of going to the run. */; onQueued?: (run: number) => void } & Pick<
  ButtonProps,
  "size" | "variant" | "disabled"
>) {
  const may = useMay("operator");
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  if (!may) return null;
  const queue = async (): Promise<void> => {
    setBusy(true);
    try {
      const { id } = await client.hosts.backup({ host });
      if (onQueued === undefined) await navigate({ to: "/runs/$id", params: { id: String(id) } });
      else onQueued(id);
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      {...look}
      leftSection={<Play size={14} aria-hidden />}
      loading={busy}
      onClick={() => void queue()}
      aria-label={`Back up now: ${host}`}
    >
      Back up now
    </Button>
  );
}
