// What can be done with a run: ending it, or trying again.
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Ban, RotateCcw } from "lucide-react";
import { useState } from "react";
import type { RunJson } from "../../src/contract/types.ts";
import { client } from "../api/client.ts";
import { useMay } from "../api/session.tsx";
import { tellDone, tellFailure } from "./told.tsx";

export const isOpen = ({ status }: Pick<RunJson, "status">): boolean =>
  status === "queued" || status === "running";

export function CancelButton({ run }: { run: RunJson }) {
  const may = useMay("operator");
  const [busy, setBusy] = useState(false);
  if (!may || !isOpen(run)) return null;
  const asked = run.cancelRequestedAt !== null;
  const cancel = async (): Promise<void> => {
    setBusy(true);
    try {
      await client.runs.cancel({ id: run.id });
      tellDone(`Run ${run.id} is asked to end.`);
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<Ban size={14} aria-hidden />}
      loading={busy}
      disabled={asked}
      onClick={() => void cancel()}
      aria-label={`Cancel run ${run.id} of ${run.host}`}
    >
      {asked ? "Ending …" : "Cancel"}
    </Button>
  );
}

export function RetryButton({ run }: { run: RunJson }) {
  const may = useMay("operator");
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  if (!may || !["failed", "cancelled", "warning"].includes(run.status)) return null;
  const retry = async (): Promise<void> => {
    setBusy(true);
    try {
      const next = await client.runs.retry({ id: run.id });
      await navigate({ to: "/runs/$id", params: { id: String(next.id) } });
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="xs"
      leftSection={<RotateCcw size={14} aria-hidden />}
      loading={busy}
      onClick={() => void retry()}
    >
      Try again
    </Button>
  );
}
