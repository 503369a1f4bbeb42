// "Acknowledge": somebody has seen an alert, and nobody is reminded of it any more.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { tellFailure } from "../../parts/told.tsx";
import type { Alert } from "./alert-words.ts";

export function AcknowledgeButton({ alert: { id, message } }: { alert: Alert }) {
  const may = useMay("operator");
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  if (!may) return null;
  const acknowledge = async (): Promise<void> => {
    setBusy(true);
    try {
      await client.alerts.acknowledge({ id });
      await queries.invalidateQueries({ queryKey: query.alerts.key() });
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      onClick={() => void acknowledge()}
      aria-label={`Acknowledge: ${message}`}
    >
      Acknowledge
    </Button>
  );
}
